// Chunks of work on threads that live for one call: nothing is left behind for a fork to trip over.
#pragma once

#include <atomic>
#include <cstdint>
#include <system_error>
#include <thread>
#include <vector>

constexpr int64_t chunk_size = 1 << 16;  // elements; what one thread takes at a time
// Elements; below, starting threads costs more than they save.
#ifdef WORTH_A_THREAD  // tools/sanitize.py tries them on fewer
constexpr int64_t worth_a_thread = WORTH_A_THREAD;
#else
constexpr int64_t worth_a_thread = 32 * chunk_size;
#endif

// Calls work(begin, end) for every chunk of [0, n) of `length` elements. Which thread takes a chunk
// changes nothing: the parts of a sum are added up in the order of the chunks.
template <class Work> void in_chunks(int64_t n, int64_t length, int threads, const Work& work) {
    const int64_t chunks = (n + length - 1) / length;
    std::atomic<int64_t> next{0};
    auto run = [&] {
        for (int64_t chunk; (chunk = next++) < chunks;) {
            const int64_t begin = chunk * length;
            work(chunk, begin, begin + length < n ? begin + length : n);
        }
    };
    std::vector<std::thread> helpers;
    for (int64_t k = 1; k < threads && k < chunks; ++k) {
        try {
            helpers.emplace_back(run);
        } catch (const std::system_error&) {
            break;  // no more threads to be had; those that are there do the work
        }
    }
    run();
    for (std::thread& helper : helpers)
        helper.join();
}
