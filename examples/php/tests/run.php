<?php

declare(strict_types=1);

require __DIR__ . '/../Tiki.php';
require __DIR__ . '/../product.php';

set_error_handler(static fn (int $level, string $text, string $file, int $line)
    => error_reporting() & $level ? throw new ErrorException($text, 0, $level, $file, $line) : false);

// the sandbox; the calls of the connector go there too, or to a proxy in front of it
$url = getenv('SELLERSPEC_URL');
$proxy = getenv('TIKI_URL');
$timeout = $proxy ? 10.0 : 1.0; // mutations let calls time out, a proxy does not
$tiki = new Tiki($proxy ?: $url, getenv('SELLERSPEC_TOKEN'), $timeout, static fn (int $seconds) => null);

/** Asks or changes the sandbox behind the API. */
function sandbox(string $path, ?array $body = null): array
{
    $options = ['method' => $body === null ? 'GET' : 'POST', 'header' => 'content-type: application/json'];
    $options['content'] = $body === null ? '' : json_encode($body);
    $context = stream_context_create(['http' => $options]);
    return json_decode(file_get_contents("{$GLOBALS['url']}/__sellerspec/$path", false, $context), true);
}

function same(mixed $expected, mixed $seen): void
{
    if ($expected !== $seen) {
        throw new LogicException('expected ' . json_encode($expected) . ', got ' . json_encode($seen));
    }
}

function test(string $name, callable $test): void
{
    try {
        $test();
        echo "ok - $name\n";
    } catch (Throwable $error) {
        $GLOBALS['failed'] = true;
        $class = $error::class;
        echo "not ok - $name\nUncaught $class: {$error->getMessage()} in {$error->getFile()}:{$error->getLine()}\n";
    }
}

sandbox('reset', []);
$articles = json_decode(file_get_contents(__DIR__ . '/../articles.json'), true);

test('the products of the shop satisfy the contract', function () use ($articles) {
    foreach ($articles as $article) {
        $findings = sandbox('check/tiki/createProduct', product($article))['findings'];
        same([], array_map(static fn (array $finding) => "{$finding['rule']}: {$finding['message']}", $findings));
    }
});

test('a product is approved in the end', function () use ($tiki, $articles) {
    $traceId = $tiki->push(product($articles[0]));
    same(['state' => 'queuing', 'reason' => ''], $tiki->tracking($traceId));
    sandbox('clock', ['advance' => 3600]);
    same(['state' => 'approved', 'reason' => ''], $tiki->tracking($traceId));
});

test('a request that nobody made is an error', function () use ($tiki) {
    try {
        $tiki->tracking(str_repeat('0', 32));
    } catch (TikiError) {
        return;
    }
    throw new LogicException('no error');
});

test('every order that waits is pulled once, with its lines', function () use ($tiki) {
    $expected = [];
    foreach (sandbox('state')['tables']['orders'] as ['seller' => $seller, 'order' => $order]) {
        if ($seller === '1' && $order['status'] === 'queueing') {
            $lines = array_map(
                static fn (array $item)
                    => ['article' => $item['original_sku'] ?: $item['sku'], 'quantity' => $item['qty']],
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
});

exit(isset($failed) ? 1 : 0);
