// SPDX-License-Identifier: MIT
// Typed names. One constant, beside the structs it speaks of, ties caller and implementation together:
//   inline constexpr definition::Activity<Receipt(Order)> kChargeCard{"charge_card"};
#pragma once

#include <string>
#include <tuple>
#include <type_traits>

namespace orrery::definition {

template <class Signature>
struct Activity;

template <class R, class... A>
struct Activity<R(A...)> {
    using Result = R;
    using Arguments = std::tuple<A...>;
    const char* name;
};

template <class Signature>
struct Workflow;

template <class R, class... A>
struct Workflow<R(A...)> {
    using Result = R;
    using Arguments = std::tuple<A...>;
    const char* name;
};

template <class... A>
struct Signal {
    using Arguments = std::tuple<A...>;
    const char* name;
};

template <class Signature>
struct Query;

template <class R, class... A>
struct Query<R(A...)> {
    using Result = R;
    using Arguments = std::tuple<A...>;
    const char* name;
};

template <class Signature>
struct Update;

template <class R, class... A>
struct Update<R(A...)> {
    using Result = R;
    using Arguments = std::tuple<A...>;
    const char* name;
};

}  // namespace orrery::definition
