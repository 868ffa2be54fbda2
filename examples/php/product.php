<?php

declare(strict_types=1);

/** Returns an article of the shop as a product of Tiki. */
function product(array $article): array
{
    $images = $article['pictures'];
    return [
        'category_id' => 1846,
        'name' => $article['title'],
        'description' => $article['text'],
        'image' => array_shift($images),
        'images' => $images,
        'attributes' => ['ram' => $article['ram'], 'brand' => $article['brand']],
        'option_attributes' => [],
        'variants' => [[
            'sku' => $article['code'],
            'price' => $article['price'],
            'quantity' => $article['stock'],
            'inventory_type' => 'backorder',
            'supplier' => 239091,
        ]],
    ];
}
