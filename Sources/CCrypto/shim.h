// OpenSSL's libcrypto: the hashes of files in FluxJobs. It uses the processor's instructions for SHA-256 where there are
// any, and is then five times as fast as libsodium. libcurl brings it along anyhow.
#pragma once
#include <openssl/evp.h>
