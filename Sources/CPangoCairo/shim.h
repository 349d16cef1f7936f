// Pango and Cairo: drawing, and text in every script.
#pragma once
#include <pango/pangocairo.h>
