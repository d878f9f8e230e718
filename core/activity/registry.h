// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>

#include "core/definition/activity_invoker.h"
#include "core/definition/handles.h"
#include "core/payload/converter.h"

namespace orrery::activity {

using payload::DataConverter;
using payload::Payload;
using payload::Payloads;

namespace detail {

template <class F>
struct FunctionTraits : FunctionTraits<decltype(&F::operator())> {};
template <class R, class... A>
struct FunctionTraits<R (*)(A...)> {
    using Return = R;
    using Arguments = std::tuple<std::decay_t<A>...>;
};
template <class C, class R, class... A>
struct FunctionTraits<R (C::*)(A...)> : FunctionTraits<R (*)(A...)> {};
template <class C, class R, class... A>
struct FunctionTraits<R (C::*)(A...) const> : FunctionTraits<R (*)(A...)> {};

template <class... A>
std::tuple<A...> decode(const std::tuple<A...>*, const Payloads& payloads, const DataConverter& converter) {
    return converter.fromPayloads<A...>(payloads);
}

/// Calls with the arguments and encodes the result; void is null.
template <class F, class Arguments>
Payload callAndEncode(const F& function, Arguments& arguments, const DataConverter& converter) {
    const auto call = [&] {
        return std::apply([&](auto&... each) { return std::invoke(function, std::move(each)...); }, arguments);
    };
    if constexpr (std::is_void_v<decltype(call())>) {
        call();
        return converter.toPayload(std::monostate());
    } else {
        return converter.toPayload(call());
    }
}

}  // namespace detail

/// The activities of a worker: functions and methods under their names. They run on the worker's threads, several at a
/// time, and may block. Filled by one thread, then handed over and left alone.
///   activities.add(kChargeCard, &chargeCard);
///   activities.add("reserve_stock", &Warehouse::reserve, warehouse);
class ActivityRegistry final : public definition::ActivityInvoker {
public:
    explicit ActivityRegistry(DataConverter converter = payload::defaultConverter())
        : m_converter(std::move(converter)) {}

    /// A function, a lambda or a std::function. Throws base::Error for a name that is empty or taken.
    template <class F>
    ActivityRegistry& add(const std::string& name, F function) {
        using Arguments = typename detail::FunctionTraits<std::decay_t<F>>::Arguments;
        addFunction(name, [function = std::move(function)](const std::string&, const Payloads& payloads,
                                                           const DataConverter& converter) {
            const Arguments* types = nullptr;
            Arguments arguments = detail::decode(types, payloads, converter);
            return detail::callAndEncode(function, arguments, converter);
        });
        return *this;
    }
    /// Checked by the compiler against the handle.
    template <class R, class... A, class F>
    ActivityRegistry& add(const definition::Activity<R(A...)>& handle, F function) {
        using Traits = detail::FunctionTraits<std::decay_t<F>>;
        static_assert(std::is_same_v<typename Traits::Arguments, std::tuple<std::decay_t<A>...>>,
                      "The function's parameters differ from those of the handle.");
        static_assert(std::is_same_v<typename Traits::Return, R>, "The function's result differs from the handle's.");
        return add(std::string(handle.name), std::move(function));
    }
    /// A method of an object that all attempts share; the registry keeps it alive. Name: text or a handle.
    template <class Name, class R, class C, class... A>
    ActivityRegistry& add(const Name& name, R (C::*method)(A...), std::shared_ptr<C> object) {
        return add(name, std::function<R(A...)>([method, object = std::move(object)](A... arguments) -> R {
                       return ((*object).*method)(std::forward<A>(arguments)...);
                   }));
    }
    template <class Name, class R, class C, class... A>
    ActivityRegistry& add(const Name& name, R (C::*method)(A...) const, std::shared_ptr<C> object) {
        return add(name, std::function<R(A...)>([method, object = std::move(object)](A... arguments) -> R {
                       return ((*object).*method)(std::forward<A>(arguments)...);
                   }));
    }
    /// Runs every type that is not registered: function(std::string name, Payloads arguments).
    template <class F>
    ActivityRegistry& addDynamic(F function) {
        addFunction("", [function = std::move(function)](const std::string& name, const Payloads& payloads,
                                                         const DataConverter& converter) {
            std::tuple<std::string, Payloads> arguments(name, payloads);
            return detail::callAndEncode(function, arguments, converter);
        });
        return *this;
    }

    std::vector<std::string> activityTypes() const override;
    definition::ActivityOutcome invoke(const definition::ActivityTask& task) const override;

private:
    using Function = std::function<Payload(const std::string& name, const Payloads&, const DataConverter&)>;

    void addFunction(const std::string& name, Function function);
    const Function& functionFor(const std::string& name) const;

    DataConverter m_converter;
    std::map<std::string, Function> m_functions;
};

}  // namespace orrery::activity
