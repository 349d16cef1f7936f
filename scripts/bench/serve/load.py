#!/usr/bin/env python3
"""Puts the local service under load, and under nonsense; fails when it makes an error, ends, or its memory grows on.

    load.py BINARY [SECONDS]        (default 60)

500 requests a second of all calls, then 1,000 connections at once, both by wrk; then malformed heads, 10,000 spoilt
bodies and slow senders; at last, with another service, 200,000 jobs as fast as they are taken. Memory may grow until the
cache of pictures (16 MB) is full, which the first takes 20 seconds for, and until as many jobs (20,000) and idempotency
keys (three times as many) are there as are remembered. All on this machine."""
import os
import random
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = b"Host: a\r\nUser-Agent: load\r\nX-API-Key: afk_load\r\n"
problems = []


class Service:
    def __init__(self, binary, *options):
        command = [binary, "serve", "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = next(word for word in self.process.stdout.readline().split() if "://" in word)
        self.port = int(self.url.rsplit(":", 1)[1])

    def megabytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024

    def end(self):
        self.process.send_signal(signal.SIGINT)
        _, summary = self.process.communicate(timeout=60)
        if self.process.returncode != 0:
            problems.append(f"the service ended with {self.process.returncode}")
        return summary


def hold_flat(what, samples):
    """The first is of a time when everything is full."""
    if max(samples) > 1.1 * samples[0]:
        problems.append(f"memory grows with {what}: {', '.join(f'{sample:.0f}' for sample in samples)} MB")


def wrk(service, connections, seconds, pause, what, during=lambda: None, calls="all"):
    command = [
        "wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", f"{HERE}/mix.lua", service.url,
        "--", str(pause), calls]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watch = threading.Thread(target=during)
    watch.start()
    output, trouble = run.communicate()
    watch.join()
    words = next(line for line in output.splitlines() if line.startswith("RESULT")).split()[1:]
    requests, duration, *errors = int(words[0]), float(words[1]), *map(int, words[2:7])
    p50, p90, p99, most = map(float, words[7:])
    print(f"{what}: {requests} requests, {requests / duration:.0f}/s, {sum(errors)} errors; "
          f"p50 {p50:.1f} ms, p90 {p90:.1f} ms, p99 {p99:.1f} ms, most {most:.1f} ms; {service.megabytes():.0f} MB")
    if sum(errors):
        problems.append(f"{what}: errors (connect, read, write, status, timeout): {errors}\n{trouble}")
    return requests / duration


def ask(port, data, wait=5.0):
    """All that comes back until the end, or until nothing comes for a while; None: refused."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            answer = b""
            while b"\r\n\r\n" not in answer:
                piece = client.recv(65536)
                if not piece:
                    break
                answer += piece
            return answer
        except (ConnectionError, TimeoutError):
            return b""


def post(body, path=b"/v2/images/generate", kind=b"application/json"):
    return (b"POST " + path + b" HTTP/1.1\r\n" + HEAD + b"Connection: close\r\nContent-Type: " + kind
            + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


VALID = (b'{"model":"flux-2-pro","prompt":"a mug","webhookEvents":["completed"],"webhookUrl":"http://127.0.0.1:1/",'
         b'"fluxParams":{"seed":7,"width":256,"height":256,"resolution":"2MP","output_format":"png","image_prompt":'
         b'"https://example.com/a.png","input_images":["https://example.com/a.png"],"image_prompt_strength":0.5}}')
PIECES = [
    b"null", b"1e999", b"-0", b"9" * 40, b'"\\ud800"', b'"\\udc00\\ud800"', b"\xc0\x80", b"\xed\xa0\x80", b"\xff\xfe", b"\x00",
    b"[" * 3000, b"{" * 500, b'{"a":' * 200, b"true", b'""', b"[]", b"{}", b'"' + "\U0001f98a".encode() * 3000 + b'"',
    b"NaN", b"//", b"\xef\xbb\xbf", b"1.5", b"-1", b"2000000", b'"[sim x]"', b",,"]


def spoilt(chance):
    body = bytearray(VALID)
    for _ in range(chance.randint(1, 4)):
        way = chance.random()
        at = chance.randrange(len(body) + 1)
        if way < 0.3:
            body[at:at + chance.randint(0, 12)] = chance.choice(PIECES)
        elif way < 0.5:
            del body[at:at + chance.randint(1, 30)]
        elif way < 0.8 and body:
            body[at % len(body)] = chance.randrange(256)
        else:
            values = list(re.finditer(rb'"[^"]*"|[0-9.]+|\[[^\]]*\]', bytes(body)))
            if values:
                value = chance.choice(values)
                body[value.start():value.end()] = chance.choice(PIECES)
    return bytes(body)


def spoil(service, count):
    statuses = {}
    lock = threading.Lock()

    def work(seed):
        chance = random.Random(seed)
        for number in range(count // 8):
            if number % 10 == 9:
                data = chance.randbytes(chance.randint(1, 4000))
                if number % 20 == 19:
                    data = post(b"--b\r\n" + data, b"/v2/uploads", b"multipart/form-data; boundary=b")
                else:
                    data += b"\r\n\r\n"
                answer = ask(service.port, data, wait=0.5)
            else:
                answer = ask(service.port, post(spoilt(chance)))
                if not answer:
                    problems.append("a body got no answer")
            status = answer[9:12].decode("latin-1") or "closed"
            with lock:
                statuses[status] = statuses.get(status, 0) + 1

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"{count} spoilt requests: {dict(sorted(statuses.items()))}; {service.megabytes():.0f} MB")
    if any(status.startswith("5") and status not in ("501", "505") for status in statuses):
        problems.append(f"spoilt requests were answered with {statuses}")


def slowly(service, count, seconds):
    """So many senders that give a byte a second; the service may close them, and serves others meanwhile."""
    senders = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(count)]
    head = b"POST /v2/uploads HTTP/1.1\r\n" + HEAD + b"X-Long: " + b"x" * 1000
    closed = set()
    for second in range(seconds):
        for index, sender in enumerate(senders):
            if index in closed:
                continue
            try:
                sender.send(head[second:second + 1])
                sender.setblocking(False)
                if sender.recv(1) == b"":
                    closed.add(index)
            except BlockingIOError:
                pass
            except OSError:
                closed.add(index)
        began = time.monotonic()
        if not ask(service.port, b"GET /v2/me HTTP/1.1\r\n" + HEAD + b"\r\n").startswith(b"HTTP/1.1 200"):
            problems.append("slow senders kept others from their answers")
        time.sleep(max(0, 1 - (time.monotonic() - began)))
    print(f"{count} slow senders: {len(closed)} closed within {seconds} s; {service.megabytes():.0f} MB")
    if len(closed) < count:
        problems.append(f"{count - len(closed)} slow senders are still there")


def fill(binary, count):
    """So many jobs, each with an idempotency key of its own."""
    service = Service(binary, "--speed", "instant", "--credits", "2000000000")
    samples = {}
    made = 0
    while made < count:
        wrk(service, 20, 5, 0, f"submits alone, {made} jobs before", calls="submits")
        log = ask(service.port, b"GET /_sim/log HTTP/1.1\r\n" + HEAD + b"\r\n")
        before, made = made, int(re.search(rb'"made":(\d+)', log).group(1))
        samples[made] = service.megabytes()
        if made == before:
            break
    hold_flat("jobs", [sample for made, sample in samples.items() if made > count / 2])
    service.end()


def main():
    binary, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    service = Service(binary, "--speed", "0.5", "--credits", "2000000000", "--at-once", "1000")
    print(f"at the start: {service.megabytes():.0f} MB")
    samples = []

    def sample():
        for _ in range(12):
            time.sleep(seconds / 12.5)
            samples.append(service.megabytes())

    rate = wrk(service, 55, seconds, 100, f"mixed calls for {seconds} s", sample)
    print("memory meanwhile: " + ", ".join(f"{sample:.0f}" for sample in samples) + " MB")
    if seconds >= 60:
        hold_flat("requests", samples[6:])
    if rate < 480:
        problems.append(f"only {rate:.0f} requests/s: this machine is too busy")
    wrk(service, 1000, max(5, seconds // 6), 1000, "1,000 connections, a request a second each")
    wrk(service, 1000, max(5, seconds // 6), 0, "1,000 connections, as fast as they can")
    spoil(service, 10_000)
    slowly(service, 200, 35)
    print("at the end:", service.end().strip())
    fill(binary, 200_000)
    for problem in problems:
        print("problem:", problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
