// libsodium: hashes, HMAC, constant-time compare, random bytes.
#pragma once
#include <sodium.h>
