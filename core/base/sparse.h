// SPDX-License-Identifier: MIT
// Members that most objects leave empty, at the price of one pointer. For structs of which there are very many.
#pragma once

#include <memory>
#include <utility>

namespace orrery::base {

/// A std::optional whose value lies on the heap.
template <typename T>
class Boxed {
public:
    Boxed() = default;
    Boxed(const Boxed& other) : m_value(other.m_value ? std::make_unique<T>(*other.m_value) : nullptr) {}
    Boxed(Boxed&&) noexcept = default;
    Boxed(T value) : m_value(std::make_unique<T>(std::move(value))) {}
    Boxed& operator=(Boxed other) noexcept {
        m_value = std::move(other.m_value);
        return *this;
    }
    ~Boxed() = default;

    bool has_value() const { return m_value != nullptr; }
    explicit operator bool() const { return has_value(); }
    T& operator*() { return *m_value; }
    const T& operator*() const { return *m_value; }
    T* operator->() { return m_value.get(); }
    const T* operator->() const { return m_value.get(); }
    void reset() { m_value.reset(); }
    /// A fresh one in the place of what was there.
    T& emplace() {
        m_value = std::make_unique<T>();
        return *m_value;
    }

private:
    std::unique_ptr<T> m_value;
};

/// A value that is its default until somebody edits it.
template <typename T>
class Lazy {
public:
    Lazy() = default;
    Lazy(T value) : m_value(std::move(value)) {}

    const T& operator*() const { return m_value ? *m_value : none(); }
    const T* operator->() const { return &**this; }
    /// Whether it was given a value, be it the default one.
    bool edited() const { return m_value.has_value(); }
    T& edit() {
        if (!m_value) m_value = T();
        return *m_value;
    }

private:
    static const T& none() {
        static const T value{};
        return value;
    }
    Boxed<T> m_value;
};

/// A map or set that takes no room until something is put in. Iterators of one that is still empty compare equal with
/// each other only.
template <typename Container>
class LazyContainer {
public:
    using iterator = typename Container::iterator;
    using const_iterator = typename Container::const_iterator;
    using key_type = typename Container::key_type;
    using value_type = typename Container::value_type;

    bool empty() const { return !m_all || m_all->empty(); }
    size_t size() const { return m_all ? m_all->size() : 0; }
    iterator begin() { return seen().begin(); }
    iterator end() { return seen().end(); }
    const_iterator begin() const { return seen().begin(); }
    const_iterator end() const { return seen().end(); }
    auto rbegin() const { return seen().rbegin(); }
    auto rend() const { return seen().rend(); }

    template <typename Key>
    iterator find(const Key& key) {
        return seen().find(key);
    }
    template <typename Key>
    const_iterator find(const Key& key) const {
        return seen().find(key);
    }
    template <typename Key>
    size_t count(const Key& key) const {
        return seen().count(key);
    }
    template <typename Key>
    bool contains(const Key& key) const {
        return count(key) != 0;
    }
    template <typename Key>
    auto& at(const Key& key) {
        return seen().at(key);
    }
    template <typename Key>
    const auto& at(const Key& key) const {
        return seen().at(key);
    }
    template <typename Key>
    auto& operator[](Key&& key) {
        return edit()[std::forward<Key>(key)];
    }
    template <typename... Parts>
    auto emplace(Parts&&... parts) {
        return edit().emplace(std::forward<Parts>(parts)...);
    }
    template <typename... Parts>
    auto try_emplace(Parts&&... parts) {
        return edit().try_emplace(std::forward<Parts>(parts)...);
    }
    auto insert(value_type value) { return edit().insert(std::move(value)); }
    iterator erase(iterator where) { return edit().erase(where); }
    size_t erase(const key_type& key) { return m_all ? m_all->erase(key) : 0; }
    void clear() { m_all.reset(); }

private:
    /// Never put into: what is read of a container that is not there.
    static Container& none() {
        static Container container;
        return container;
    }
    Container& seen() { return m_all ? *m_all : none(); }
    const Container& seen() const { return m_all ? *m_all : none(); }
    Container& edit() {
        if (!m_all) m_all = Container();
        return *m_all;
    }
    Boxed<Container> m_all;
};

}  // namespace orrery::base
