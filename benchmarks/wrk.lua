-- Sends the requests of a file in turn. Each line: method, path, body, with tabs between.
-- {n} in a path or body is a number that no other request of the run has; {b} alternates between true and false.
local requests, headers, at, unique, offset = {}, {}, 0, 0, 0
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init(arguments)
    for line in io.lines(arguments[1]) do
        local method, path, body = line:match("([^\t]*)\t([^\t]*)\t?(.*)")
        table.insert(requests, { method, path, body })
    end
    for index = 3, #arguments do
        local name, value = arguments[index]:match("([^:]*):%s*(.*)")
        headers[name] = value
    end
    offset = tonumber(arguments[2]) + number * 100000000
end

function request()
    at = at % #requests + 1
    unique = unique + 1
    local method, path, body = requests[at][1], requests[at][2], requests[at][3]
    local flip = tostring(math.floor(unique / #requests) % 2 == 1)
    local function filled(text) return (text:gsub("{n}", tostring(offset + unique)):gsub("{b}", flip)) end
    return wrk.format(method, filled(path), headers, body ~= "" and filled(body) or nil)
end

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format('{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d}\n', summary.requests,
        summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed))
end
