<?php

declare(strict_types=1);

/** Whatever goes wrong at Tiki. */
final class TikiError extends RuntimeException
{
    public function __construct(
        string $message,
        public readonly bool $repeatable = false,
        public readonly int $wait = 0,
        ?Throwable $previous = null,
    ) {
        parent::__construct($message, 0, $previous);
    }
}

/** Calls Tiki: offers a product, reads what became of it, pulls the orders that wait. */
final class Tiki
{
    private const ATTEMPTS = 3;
    private const PAGE = 20;
    private const LONGEST_WAIT = 60;

    /** @param callable(int): void $pause is called with the seconds to wait before another attempt */
    public function __construct(
        private readonly string $url,
        private readonly string $token,
        private readonly float $timeout = 10.0,
        private $pause = 'sleep',
    ) {
    }

    /** Offers a product; returns the trace id of the request. */
    public function push(array $product): string
    {
        return self::text($this->call('POST', '/v1/products', $product), 'trace_id');
    }

    /** @return array{state: string, reason: string} the state of a request, and why it was rejected */
    public function tracking(string $traceId): array
    {
        $seen = $this->call('GET', '/v1/tracking/' . rawurlencode($traceId));
        if (self::text($seen, 'trace_id') !== $traceId) {
            throw new TikiError('the response is about another request');
        }
        return ['state' => self::text($seen, 'state'), 'reason' => $seen['reason'] ?? ''];
    }

    /** @return array<string, array> the orders that wait for a confirmation, by their code */
    public function orders(): array
    {
        $found = [];
        for ($page = 1; ; $page++) {
            $query = http_build_query(['status' => 'queueing', 'page' => $page, 'limit' => self::PAGE]);
            $listed = self::list($this->call('GET', "/v1/orders?$query"), 'data');
            // an order may move to the next page while we read, and the counts of pages are not reliable
            $fresh = [];
            foreach ($listed as $raw) {
                $fresh["code " . self::text($raw, 'order_code')] = self::order($raw);
            }
            $fresh = array_diff_key($fresh, $found);
            if ($fresh === []) {
                return $found;
            }
            $found += $fresh;
        }
    }

    private static function order(mixed $raw): array
    {
        $lines = [];
        foreach (self::list($raw, 'items') as $item) {
            // the seller's own code may be null, empty or missing
            $article = ($item['original_sku'] ?? '') ?: self::text($item, 'sku');
            $lines[] = ['article' => $article, 'quantity' => self::whole($item, 'qty')];
        }
        return ['code' => self::text($raw, 'order_code'), 'status' => self::text($raw, 'status'), 'lines' => $lines];
    }

    private function call(string $method, string $path, ?array $body = null): mixed
    {
        for ($attempt = 1; ; $attempt++) {
            try {
                return $this->once($method, $path, $body);
            } catch (TikiError $error) {
                if (!$error->repeatable || $attempt === self::ATTEMPTS) {
                    throw $error;
                }
                ($this->pause)($error->wait);
            }
        }
    }

    private function once(string $method, string $path, ?array $body): mixed
    {
        $call = "$method $path";
        $read = $method === 'GET'; // nobody knows whether a write without a response was taken
        [$status, $headers, $content] = $this->sent($method, $path, $body)
            ?? throw new TikiError("$call: no response", $read, 1);
        $wait = min((int) ($headers['retry-after'] ?? 1), self::LONGEST_WAIT);
        if ($status === 429) {
            throw new TikiError("$call: too many calls", true, $wait);
        }
        if ($status !== 200) {
            throw new TikiError("$call: status $status", $read && $status >= 500, $wait);
        }
        try {
            return json_decode($content, true, 64, JSON_THROW_ON_ERROR);
        } catch (JsonException $error) {
            throw new TikiError("$call: the response is not JSON", previous: $error);
        }
    }

    /** @return array{int, array<string, string>, string}|null status, headers and body; null if none arrived */
    private function sent(string $method, string $path, ?array $body): ?array
    {
        $headers = ["tiki-api: $this->token", 'connection: close'];
        if ($body !== null) {
            $headers[] = 'content-type: application/json';
        }
        $options = [
            'method' => $method,
            'header' => $headers,
            'content' => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
            'timeout' => $this->timeout,
            'ignore_errors' => true, // a status of 400 and more has a body too
            'protocol_version' => 1.1,
        ];
        $stream = @fopen($this->url . $path, 'r', false, stream_context_create(['http' => $options]));
        if ($stream === false) {
            return null;
        }
        $content = @stream_get_contents($stream);
        $meta = stream_get_meta_data($stream);
        fclose($stream);
        $received = [];
        foreach (array_slice($meta['wrapper_data'], 1) as $line) {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $received[strtolower($name)] = trim($value);
        }
        $whole = strlen((string) $content) >= (int) ($received['content-length'] ?? 0);
        if ($content === false || $meta['timed_out'] || !$whole) {
            return null;
        }
        return [(int) explode(' ', $meta['wrapper_data'][0])[1], $received, $content];
    }

    private static function text(mixed $from, string $name): string
    {
        if (!is_array($from) || !is_string($from[$name] ?? null)) {
            throw new TikiError("the response has no text `$name`");
        }
        return $from[$name];
    }

    private static function whole(mixed $from, string $name): int
    {
        if (!is_array($from) || !is_int($from[$name] ?? null)) {
            throw new TikiError("the response has no number `$name`");
        }
        return $from[$name];
    }

    private static function list(mixed $from, string $name): array
    {
        if (!is_array($from) || !is_array($from[$name] ?? null) || !array_is_list($from[$name])) {
            throw new TikiError("the response has no list `$name`");
        }
        return $from[$name];
    }
}
