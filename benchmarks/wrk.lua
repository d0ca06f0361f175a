-- Sends the requests of a file in turn. Each line: method, path, body, and the body of every second time, with tabs
-- between. The number of a request says all: which line it is, whether for an odd time, and what stands for {n}.
-- So a load can go on where another one ended. It takes one thread.
local requests, headers = {}, {}
local tried = false
local here
number = 0 -- no local: the end is told by another Lua state, which asks for it

function setup(thread)
    here = thread
end

function init(arguments)
    for line in io.lines(arguments[1]) do
        local method, path, body, other = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)")
        table.insert(requests, { method, path, body, other ~= "" and other or body })
    end
    number = tonumber(arguments[2])
    for index = 3, #arguments do
        local name, value = arguments[index]:match("([^:]*):%s*(.*)")
        headers[name] = value
    end
end

function request()
    -- wrk asks once to see what it gets, and does not send that
    local at = number
    if tried then number = number + 1 end
    tried = true
    local line, odd = requests[at % #requests + 1], math.floor(at / #requests) % 2 == 1
    local function filled(text) return (text:gsub("{n}", string.format("%d", at))) end
    local body = odd and line[4] or line[3]
    return wrk.format(line[1], filled(line[2]), headers, body ~= "" and filled(body) or nil)
end

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format(
        '{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d, "refused": %d, "next": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed,
        errors.status, here:get("number")))
end
