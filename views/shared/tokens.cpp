// SPDX-License-Identifier: MIT
#include "views/shared/tokens.h"
