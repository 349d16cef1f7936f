"""A company's network before a local service: TLS with a certificate that only it knows, and a proxy with a password.

tunnel.py SERVICE_PORT FOLDER makes FOLDER/certificate.pem for `service.test`, prints the address that speaks TLS and the
proxy's, and then a line for each tunnel that the proxy opened or refused. It ends with its standard input.
"""

import asyncio
import base64
import socket
import subprocess
import sys

PASSWORD = "me:s3cret pass"
TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # Either end may go at any time.
    finally:
        writer.close()


async def tunnel(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, target, _ = head.split("\r\n")[0].split(" ")
    expected = "Basic " + base64.b64encode(PASSWORD.encode()).decode()
    if f"Proxy-Authorization: {expected}\r\n" not in head:
        print("refused", flush=True)
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n"
                     b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        return
    print(method, target, flush=True)
    writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
    # Only this network knows the host's name.
    port = int(target.removeprefix("service.test:"))
    upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(pump(reader, upstream_writer), pump(upstream_reader, writer))


async def main(service_port, folder):
    certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=service.test", "-addext", "subjectAltName=DNS:service.test", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    secure_port = free_port()
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    with open(f"{folder}/nginx.conf", "w") as configuration:
        configuration.write(f"""
            daemon off; master_process off; pid {folder}/pid; error_log stderr notice; events {{ }}
            http {{
                access_log off; {temporary}
                server {{
                    listen 127.0.0.1:{secure_port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};
                    location / {{ proxy_pass http://127.0.0.1:{service_port}; }}
                }}
            }}""")
    nginx = await asyncio.create_subprocess_exec(
        "nginx", "-e", "stderr", "-c", f"{folder}/nginx.conf", stderr=asyncio.subprocess.PIPE)
    # It says this once it listens.
    while b"getrlimit" not in await nginx.stderr.readline():
        pass
    proxy = await asyncio.start_server(tunnel, "127.0.0.1", 0)
    print(f"https://service.test:{secure_port} 127.0.0.1:{proxy.sockets[0].getsockname()[1]}", flush=True)
    try:
        await asyncio.to_thread(sys.stdin.read)
    finally:
        nginx.kill()


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
