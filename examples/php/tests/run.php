<?php

declare(strict_types=1);

require __DIR__ . '/../Tiki.php';

set_error_handler(static fn (int $level, string $text, string $file, int $line)
    => error_reporting() & $level ? throw new ErrorException($text, 0, $level, $file, $line) : false);

$url = getenv('SELLERSPEC_URL');
$tiki = new Tiki($url, getenv('SELLERSPEC_TOKEN'), 1.0, static fn (int $seconds) => null);

/** Asks or changes the sandbox behind the API. */
function sandbox(string $path, ?array $body = null): array
{
    $options = ['method' => $body ? 'POST' : 'GET', 'header' => 'content-type: application/json'];
    $options['content'] = $body ? json_encode($body) : '';
    $context = stream_context_create(['http' => $options]);
    return json_decode(file_get_contents("{$GLOBALS['url']}/__sellerspec/$path", false, $context), true);
}

function same(mixed $expected, mixed $seen): void
{
    if ($expected !== $seen) {
        throw new LogicException('expected ' . json_encode($expected) . ', got ' . json_encode($seen));
    }
}

// a product is approved in the end
$traceId = $tiki->push([
    'category_id' => 1846,
    'name' => 'Laptop',
    'description' => 'A laptop that does not exist.',
    'image' => 'https://shop.example/laptop.png',
    'images' => ['https://shop.example/laptop-2.png'],
    'attributes' => ['ram' => '8GB', 'brand' => 'Example'],
    'option_attributes' => [],
    'variants' => [[
        'sku' => 'LAPTOP-1', 'price' => 20000, 'quantity' => 20, 'inventory_type' => 'backorder',
        'supplier' => 239091,
    ]],
]);
same(['state' => 'queuing', 'reason' => ''], $tiki->tracking($traceId));
sandbox('clock', ['advance' => 3600]);
same(['state' => 'approved', 'reason' => ''], $tiki->tracking($traceId));

// a request that nobody made is an error
try {
    $tiki->tracking(str_repeat('0', 32));
    throw new LogicException('no error');
} catch (TikiError) {
}

// every order that waits is pulled once, with its lines
$expected = [];
foreach (sandbox('state')['tables']['orders'] as ['seller' => $seller, 'order' => $order]) {
    if ($seller === '1' && $order['status'] === 'queueing') {
        $lines = array_map(
            static fn (array $item) => ['article' => $item['original_sku'] ?: $item['sku'], 'quantity' => $item['qty']],
            $order['items'],
        );
        $expected["code {$order['order_code']}"]
            = ['code' => $order['order_code'], 'status' => 'queueing', 'lines' => $lines];
    }
}
same(true, count($expected) > 20); // more than a page
$orders = $tiki->orders();
ksort($expected);
ksort($orders);
same($expected, $orders);

echo "all is well\n";
