-- Requests as browsers send them: a dozen headers, about 600 bytes, path, query and cookie different from one to the next.
local prefix = os.getenv("BENCH_PATH") or "/"
local random = 12345
local function next_random()
  random = (random * 1103515245 + 12345) % 2147483648
  return random
end

request = function()
  local a, b = next_random(), next_random()
  return "GET " .. prefix .. (prefix == "/" and ("articles/" .. (a % 9973) .. "/") or "") .. "?utm=" .. a .. "&page=" .. (b % 97) .. " HTTP/1.1\r\n"
    .. "Host: www.example.com\r\n"
    .. "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36\r\n"
    .. "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    .. "Accept-Language: en-GB,en;q=0.9,de;q=0.7\r\n"
    .. "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    .. "Referer: https://www.example.com/articles/" .. b .. "\r\n"
    .. "Cookie: session=" .. a .. "abcdef" .. b .. "; theme=dark; consent=yes\r\n"
    .. "Upgrade-Insecure-Requests: 1\r\n"
    .. "Sec-Fetch-Dest: document\r\n"
    .. "Sec-Fetch-Mode: navigate\r\n"
    .. "Sec-Fetch-Site: same-origin\r\n"
    .. "Cache-Control: max-age=0\r\n"
    .. "\r\n"
end
