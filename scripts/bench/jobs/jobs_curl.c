// The same as jobs.lua with nothing but libcurl's multi interface: N jobs, 200 in flight, pictures streamed to FOLDER.
// It reads only what it must of an answer: the floor of what this transport can do.   jobs_curl URL N FOLDER
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IN_FLIGHT = 200 };

typedef struct {
    CURL *easy;
    int seed;
    int step;  // 0: submitted, 1: looked at, 2: fetched
    int file;
    size_t length;
    char answer[4096];
    char body[256];
} job;

static const char *url, *folder;
static struct curl_slist *headers;
static int next_seed, total, done;

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
    job *it = context;
    size_t length = size * count;
    if (it->file >= 0) return (size_t)write(it->file, bytes, length);
    if (it->length + length >= sizeof it->answer) return 0;
    memcpy(it->answer + it->length, bytes, length);
    it->length += length;
    it->answer[it->length] = 0;
    return length;
}

static void fail(const char *why) {
    fprintf(stderr, "jobs_curl: %s\n", why);
    exit(1);
}

// The text after `key` up to the next quote.
static void value(const char *answer, const char *key, char *into, size_t size) {
    const char *start = strstr(answer, key);
    if (!start) fail(answer);
    start += strlen(key);
    size_t length = strcspn(start, "\"");
    if (length >= size) fail(answer);
    memcpy(into, start, length);
    into[length] = 0;
}

static void begin(CURLM *multi, job *it) {
    char address[512], text[256];
    if (it->step == 0) {
        it->seed = next_seed++;
        snprintf(it->body, sizeof it->body,
                 "{\"prompt\":\"bench\",\"model\":\"flux-2-pro\",\"fluxParams\":{\"seed\":%d}}", it->seed);
        snprintf(address, sizeof address, "%s/v2/images/generate", url);
        curl_easy_setopt(it->easy, CURLOPT_POSTFIELDS, it->body);
    } else if (it->step == 1) {
        value(it->answer, "\"jobId\":\"", text, sizeof text);
        snprintf(address, sizeof address, "%s/v2/jobs/%s", url, text);
        curl_easy_setopt(it->easy, CURLOPT_HTTPGET, 1L);
    } else {
        if (!strstr(it->answer, "\"COMPLETED\"")) fail(it->answer);
        value(it->answer, "\"images\":[\"", address, sizeof address);
        snprintf(text, sizeof text, "%s/%d.jpg", folder, it->seed);
        it->file = open(text, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (it->file < 0) fail(text);
    }
    it->length = 0;
    curl_easy_setopt(it->easy, CURLOPT_URL, address);
    curl_multi_add_handle(multi, it->easy);
}

int main(int count, char **arguments) {
    if (count != 4) fail("URL N FOLDER");
    url = arguments[1];
    total = atoi(arguments[2]);
    folder = arguments[3];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)IN_FLIGHT);
    headers = curl_slist_append(headers, "X-API-Key: afk_bench");
    headers = curl_slist_append(headers, "Content-Type: application/json");
    job *jobs = calloc(IN_FLIGHT, sizeof *jobs);
    int running = 0, left = 0;
    for (int i = 0; i < IN_FLIGHT && i < total; i++) {
        jobs[i].easy = curl_easy_init();
        jobs[i].file = -1;
        curl_easy_setopt(jobs[i].easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(jobs[i].easy, CURLOPT_WRITEFUNCTION, receive);
        curl_easy_setopt(jobs[i].easy, CURLOPT_WRITEDATA, &jobs[i]);
        curl_easy_setopt(jobs[i].easy, CURLOPT_PRIVATE, &jobs[i]);
        begin(multi, &jobs[i]);
    }
    while (done < total) {
        curl_multi_perform(multi, &running);
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
            job *it;
            long status = 0;
            CURL *easy = message->easy_handle;
            CURLcode code = message->data.result;
            curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&it);
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            if (code != CURLE_OK || status / 100 != 2) fail(curl_easy_strerror(code));
            curl_multi_remove_handle(multi, easy);
            if (it->step == 2) {
                close(it->file);
                it->file = -1;
                done++;
            }
            it->step = (it->step + 1) % 3;
            if (it->step || next_seed < total) begin(multi, it);
        }
        if (done < total) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    return 0;
}
