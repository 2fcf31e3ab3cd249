/** Messages that mutation begins from, a byte a character. Whatever the fuzzer found broken is kept here too. */
export const REQUESTS: readonly string[] = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /path/to?x=1&y=%20#no HTTP/1.1\r\nHost: example.com:8080\r\n\r\n",
  "GET /%2e%2E/a%20b HTTP/1.1\r\nhost: [::1]:80\r\nAccept: */*\r\n\r\n",
  "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "HEAD http://example.com/p?q HTTP/1.1\r\nHost: other\r\n\r\n",
  "GET https://example.com HTTP/1.1\r\nHost: other\r\n\r\n",
  "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET / HTTP/1.0\r\n\r\n",
  "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
  "POST /f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "POST /f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
  "POST /f HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
  "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-Tabs:\t \tv \t\r\nX-8bit: \xe9\xff\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
  "PATCH /f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "GET /a HTTP/2.0\r\nHost: a\r\n\r\n",
  "GET /a\r\n",
  "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1; b=2\r\nCookie: c=3\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept-Language: en-GB,en;q=0.9\r\n\r\n",
];

export const RESPONSES: readonly string[] = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200\r\n\r\nuntil close",
  "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
  'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x02hi",
  "HTTP/1.1 302 Fo\xfcnd\r\nLocation: /x\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n",
  "HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
  "HTTP/2 200\r\n\r\n",
  "ICY 200 OK\r\n\r\n",
];

export const CHUNKED: readonly string[] = [
  "5\r\nhello\r\n0\r\n\r\n",
  "0\r\n\r\n",
  "A\r\n0123456789\r\n1\r\nx\r\n000\r\n\r\n",
  '3;name\r\nabc\r\n0;a=b;c="d\\"e"\r\n\r\n',
  "3 ; name = value\r\nabc\r\n0\r\n\r\n",
  "1\r\na\r\n0\r\nX-T: 1\r\nY: 2\r\n\r\nGET / HTTP/1.1\r\n",
  "ffffffffffffff\r\nx",
  "0x5\r\nhello\r\n0\r\n\r\n",
  "5\nhello\n0\n\n",
  "2\r\nabc\r\n0\r\n\r\n",
  "1\r\na\r\n0\r\nContent-Length: 1\r\n\r\n",
];

/** Every seed, for whoever asks a live server. */
export const ALL_SEEDS: readonly string[] = [...REQUESTS, ...RESPONSES, ...CHUNKED];
