// OpenSSL's libcrypto, the hashes of files in FluxJobs: loaded with the first of them.
#ifndef __APPLE__
#include "CLate.h"

#pragma GCC visibility push(hidden)
#include <openssl/evp.h>

LATE_LIBRARY("libcrypto.so.3")

LATE_FUNCTION(EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
LATE_PROCEDURE(EVP_MD_CTX_free, (EVP_MD_CTX *ctx), (ctx))
LATE_FUNCTION(int, EVP_DigestInit_ex, (EVP_MD_CTX *ctx, const EVP_MD *type, ENGINE *impl), (ctx, type, impl))
LATE_FUNCTION(int, EVP_DigestUpdate, (EVP_MD_CTX *ctx, const void *d, size_t cnt), (ctx, d, cnt))
LATE_FUNCTION(int, EVP_DigestFinal_ex, (EVP_MD_CTX *ctx, unsigned char *md, unsigned int *s), (ctx, md, s))
LATE_FUNCTION(EVP_MD *, EVP_MD_fetch, (OSSL_LIB_CTX *ctx, const char *algorithm, const char *properties), (ctx, algorithm, properties))
LATE_FUNCTION(const EVP_MD *, EVP_sha256, (void), ())

#pragma GCC visibility pop
#endif
