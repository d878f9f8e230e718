// SPDX-License-Identifier: MIT
// Says which methods of a class are the run, the signals, queries and updates of a workflow:
//   registry.add(workflow::define<OrderApproval>("order_approval")
//                    .run(&OrderApproval::run)
//                    .signal("approve", &OrderApproval::approve, "Approves or declines the order")
//                    .query("status", &OrderApproval::status)
//                    .update("set_address", &OrderApproval::setAddress)
//                    .validator(&OrderApproval::validateSetAddress));
// Names may be typed handles (core/definition/handles.h); the parameters are then checked by the compiler.
// The class is made from the arguments of run when it has such a constructor, else from none. Handlers may be plain
// methods or coroutines (Task); a sole parameter of type Payloads takes all arguments raw.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>

#include "core/definition/handles.h"
#include "core/payload/converter.h"
#include "core/workflow/task.h"

namespace orrery::workflow {

using payload::DataConverter;
using payload::Payload;
using payload::Payloads;

/// A workflow type without its C++ types. `self` is the object that `construct` made. Decoding errors come out of the
/// call itself, those of the handler out of the task. The name is that of the message, for dynamic handlers.
struct WorkflowType {
    using Construct = std::function<std::shared_ptr<void>(const Payloads&, const DataConverter&)>;
    using Run = std::function<Task<Payload>(void* self, const Payloads&, const DataConverter&)>;
    using Handle =
        std::function<Task<Payload>(void* self, const std::string& name, const Payloads&, const DataConverter&)>;
    using Ask =
        std::function<Payload(const void* self, const std::string& name, const Payloads&, const DataConverter&)>;
    using Check = std::function<void(const void* self, const std::string& name, const Payloads&, const DataConverter&)>;

    struct SignalHandler {
        Handle handle;
        std::string description;
    };
    struct QueryHandler {
        Ask ask;
        std::string description;
    };
    struct UpdateHandler {
        Handle handle;
        Check validate;
        std::string description;
    };

    /// Empty: the dynamic workflow, which runs every type that is not registered.
    std::string name;
    Construct construct;
    Run run;
    /// The empty name is the dynamic handler.
    std::map<std::string, SignalHandler> signals;
    std::map<std::string, QueryHandler> queries;
    std::map<std::string, UpdateHandler> updates;
};

namespace detail {

template <class T>
struct Unwrapped {
    using Type = T;
};
template <class T>
struct Unwrapped<Task<T>> {
    using Type = T;
};

template <class Method>
struct MethodTraits;
template <class W, class R, class... A>
struct MethodTraits<R (W::*)(A...)> {
    using Class = W;
    using Return = R;
    using Result = typename Unwrapped<R>::Type;
    using Arguments = std::tuple<std::decay_t<A>...>;
};
template <class W, class R, class... A>
struct MethodTraits<R (W::*)(A...) const> : MethodTraits<R (W::*)(A...)> {};

template <class Arguments>
struct Decoder;
template <class... A>
struct Decoder<std::tuple<A...>> {
    static std::tuple<A...> decode(const Payloads& payloads, const DataConverter& converter) {
        return converter.fromPayloads<A...>(payloads);
    }
};
template <>
struct Decoder<std::tuple<Payloads>> {
    static std::tuple<Payloads> decode(const Payloads& payloads, const DataConverter&) { return {payloads}; }
};

/// Calls a method, coroutine or not, and encodes what it returns. The arguments live in this frame.
template <class Method, class Self, class Arguments>
Task<Payload> call(Method method, Self* self, Arguments arguments, const DataConverter* converter) {
    using Traits = MethodTraits<Method>;
    const auto invoke = [&] {
        return std::apply([&](auto&... each) { return (self->*method)(std::move(each)...); }, arguments);
    };
    if constexpr (!std::is_same_v<typename Traits::Return, typename Traits::Result>) {
        if constexpr (std::is_void_v<typename Traits::Result>) {
            co_await invoke();
            co_return converter->toPayload(std::monostate());
        } else {
            co_return converter->toPayload(co_await invoke());
        }
    } else if constexpr (std::is_void_v<typename Traits::Result>) {
        invoke();
        co_return converter->toPayload(std::monostate());
    } else {
        co_return converter->toPayload(invoke());
    }
}

template <class W, class Method>
WorkflowType::Handle handlerOf(Method method) {
    return [method](void* self, const std::string&, const Payloads& payloads, const DataConverter& converter) {
        using Arguments = typename MethodTraits<Method>::Arguments;
        return call(method, static_cast<W*>(self), Decoder<Arguments>::decode(payloads, converter), &converter);
    };
}

template <class W, class Method>
WorkflowType::Handle dynamicHandlerOf(Method method) {
    static_assert(std::is_same_v<typename MethodTraits<Method>::Arguments, std::tuple<std::string, Payloads>>,
                  "A dynamic handler takes the name (std::string) and the raw arguments (Payloads).");
    return [method](void* self, const std::string& name, const Payloads& payloads, const DataConverter& converter) {
        return call(method, static_cast<W*>(self), std::tuple<std::string, Payloads>(name, payloads), &converter);
    };
}

template <class W, class Method>
Payload ask(Method method, const void* self, typename MethodTraits<Method>::Arguments arguments,
            const DataConverter& converter) {
    const auto* object = static_cast<const W*>(self);
    return converter.toPayload(
        std::apply([&](auto&... each) { return (object->*method)(std::move(each)...); }, arguments));
}

template <class W, class Arguments>
inline constexpr bool kConstructibleFrom = false;
template <class W, class... A>
inline constexpr bool kConstructibleFrom<W, std::tuple<A...>> = sizeof...(A) > 0 && std::is_constructible_v<W, A...>;

template <class W, class Arguments>
std::shared_ptr<void> construct(const Payloads& payloads, const DataConverter& converter) {
    if constexpr (kConstructibleFrom<W, Arguments>) {
        Arguments arguments = Decoder<Arguments>::decode(payloads, converter);
        return std::apply([](auto&... each) { return std::make_shared<W>(std::move(each)...); }, arguments);
    } else {
        static_assert(std::is_default_constructible_v<W>,
                      "A workflow class needs a constructor without parameters or with those of run().");
        return std::make_shared<W>();
    }
}

/// The name of a message: text, or a handle whose parameters then have to be those of the method.
template <class Name, class Method>
std::string nameFor(const Name& name) {
    if constexpr (std::is_convertible_v<Name, std::string>) {
        return name;
    } else {
        static_assert(std::is_same_v<typename Name::Arguments, typename MethodTraits<Method>::Arguments>,
                      "The method's parameters differ from those of the handle.");
        return name.name;
    }
}

/// Throws base::Error naming the workflow and the handler when the name is empty or taken.
void requireNewHandler(const std::string& workflow, const char* kind, const std::string& name, bool taken);
/// Throws base::Error when there is no update yet that a validator could belong to.
void requireUpdate(const std::string& workflow, bool found);

}  // namespace detail

/// Builds a WorkflowType; see the top of this file.
template <class W>
class Definition {
public:
    explicit Definition(std::string name) { m_type.name = std::move(name); }

    template <class Method>
    Definition& run(Method method) {
        using Arguments = typename detail::MethodTraits<Method>::Arguments;
        static_assert(!std::is_same_v<typename detail::MethodTraits<Method>::Return,
                                      typename detail::MethodTraits<Method>::Result>,
                      "run() is a coroutine: it returns workflow::Task<Result>.");
        m_type.construct = &detail::construct<W, Arguments>;
        m_type.run = [method](void* self, const Payloads& payloads, const DataConverter& converter) {
            return detail::call(method, static_cast<W*>(self), detail::Decoder<Arguments>::decode(payloads, converter),
                                &converter);
        };
        return *this;
    }

    template <class Name, class Method>
    Definition& signal(const Name& name, Method method, std::string description = {}) {
        const std::string key = detail::nameFor<Name, Method>(name);
        detail::requireNewHandler(m_type.name, "signal", key, m_type.signals.contains(key));
        m_type.signals.emplace(key, WorkflowType::SignalHandler{detail::handlerOf<W>(method), std::move(description)});
        return *this;
    }
    /// Takes (std::string name, Payloads arguments) of every signal without a handler of its own.
    template <class Method>
    Definition& dynamicSignal(Method method, std::string description = {}) {
        m_type.signals[""] = WorkflowType::SignalHandler{detail::dynamicHandlerOf<W>(method), std::move(description)};
        return *this;
    }

    /// The method is const: a query only reads.
    template <class Name, class Method>
    Definition& query(const Name& name, Method method, std::string description = {}) {
        static_assert(!std::is_void_v<typename detail::MethodTraits<Method>::Return>,
                      "A query returns what was asked for.");
        const std::string key = detail::nameFor<Name, Method>(name);
        detail::requireNewHandler(m_type.name, "query", key, m_type.queries.contains(key));
        auto ask = [method](const void* self, const std::string&, const Payloads& payloads,
                            const DataConverter& converter) {
            using Arguments = typename detail::MethodTraits<Method>::Arguments;
            return detail::ask<W>(method, self, detail::Decoder<Arguments>::decode(payloads, converter), converter);
        };
        m_type.queries.emplace(key, WorkflowType::QueryHandler{std::move(ask), std::move(description)});
        return *this;
    }
    template <class R>
    Definition& dynamicQuery(R (W::*method)(std::string, Payloads) const, std::string description = {}) {
        auto ask = [method](const void* self, const std::string& name, const Payloads& payloads,
                            const DataConverter& converter) {
            return detail::ask<W>(method, self, std::tuple<std::string, Payloads>(name, payloads), converter);
        };
        m_type.queries[""] = WorkflowType::QueryHandler{std::move(ask), std::move(description)};
        return *this;
    }

    template <class Name, class Method>
    Definition& update(const Name& name, Method method, std::string description = {}) {
        const std::string key = detail::nameFor<Name, Method>(name);
        detail::requireNewHandler(m_type.name, "update", key, m_type.updates.contains(key));
        m_type.updates.emplace(key,
                               WorkflowType::UpdateHandler{detail::handlerOf<W>(method), {}, std::move(description)});
        m_lastUpdate = key;
        return *this;
    }
    template <class Method>
    Definition& dynamicUpdate(Method method, std::string description = {}) {
        m_type.updates[""] =
            WorkflowType::UpdateHandler{detail::dynamicHandlerOf<W>(method), {}, std::move(description)};
        return *this;
    }
    /// Checks the arguments of the update named before it; what it throws rejects the update, which then leaves no
    /// trace.
    template <class Method>
    Definition& validator(Method method) {
        const auto update = m_type.updates.find(m_lastUpdate);
        detail::requireUpdate(m_type.name, update != m_type.updates.end());
        update->second.validate = [method](const void* self, const std::string&, const Payloads& payloads,
                                           const DataConverter& converter) {
            using Arguments = typename detail::MethodTraits<Method>::Arguments;
            Arguments arguments = detail::Decoder<Arguments>::decode(payloads, converter);
            std::apply([&](auto&... each) { (static_cast<const W*>(self)->*method)(std::move(each)...); }, arguments);
        };
        return *this;
    }

    const WorkflowType& type() const { return m_type; }

private:
    WorkflowType m_type;
    std::string m_lastUpdate;
};

/// The name may be a definition::Workflow handle.
template <class W, class Name>
Definition<W> define(const Name& name) {
    if constexpr (std::is_convertible_v<Name, std::string>) {
        return Definition<W>(name);
    } else {
        return Definition<W>(name.name);
    }
}
/// The workflow that runs every type which is not registered; info().workflowType says which it is.
template <class W>
Definition<W> defineDynamic() {
    return Definition<W>("");
}

}  // namespace orrery::workflow
