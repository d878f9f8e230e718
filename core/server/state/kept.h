// SPDX-License-Identifier: MIT
// Collections that know which of their entries changed, so that a store writes those alone. Whoever gets at an entry in
// a way that lets him change it counts as having changed it: nothing has to be said, and so nothing is forgotten.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/base/sparse.h"

namespace orrery::server {

/// Costs a word while nobody tracks.
template <typename Key>
class ChangedKeys {
    using Keys = std::vector<Key>;

public:
    ChangedKeys() = default;
    ChangedKeys(const ChangedKeys&) = delete;
    ChangedKeys& operator=(const ChangedKeys&) = delete;
    ~ChangedKeys() {
        if (m_keys != &none()) delete m_keys;
    }

    void track() {
        if (m_keys == nullptr) m_keys = &none();
    }
    bool tracking() const { return m_keys != nullptr; }

    void add(const Key& key) {
        if (m_keys == nullptr) return;
        if (m_keys == &none()) m_keys = new Keys();
        m_keys->push_back(key);
    }

    /// Each key once, in order.
    Keys take() {
        if (m_keys == nullptr || m_keys == &none()) return {};
        const std::unique_ptr<Keys> keys(std::exchange(m_keys, &none()));
        std::sort(keys->begin(), keys->end());
        keys->erase(std::unique(keys->begin(), keys->end()), keys->end());
        return std::move(*keys);
    }

private:
    /// Stands for tracking without a change so far.
    static Keys& none() {
        static Keys keys;
        return keys;
    }

    Keys* m_keys = nullptr;
};

/// A std::map that takes no room while it is empty. To go through all of it without counting as a change, go through
/// std::as_const of it. References must not be used beyond the input that got them.
template <typename Key, typename Value>
class KeptMap {
    using Map = std::map<Key, Value>;

public:
    using iterator = typename Map::iterator;
    using const_iterator = typename Map::const_iterator;

    void track() { m_changed.track(); }
    /// The same, and what is in it by then counts as added.
    void trackAll() {
        track();
        changedAll();
    }
    /// Keys of what was added, changed or removed since.
    std::vector<Key> takeChanged() { return m_changed.take(); }

    size_t size() const { return m_map.size(); }
    bool empty() const { return m_map.empty(); }
    size_t count(const Key& key) const { return m_map.count(key); }
    bool contains(const Key& key) const { return m_map.contains(key); }
    const_iterator begin() const { return m_map.begin(); }
    const_iterator end() const { return m_map.end(); }
    auto rbegin() const { return m_map.rbegin(); }
    const_iterator find(const Key& key) const { return m_map.find(key); }
    const Value& at(const Key& key) const { return m_map.at(key); }

    iterator begin() {
        changedAll();
        return m_map.begin();
    }
    iterator end() { return m_map.end(); }
    iterator find(const Key& key) {
        const auto found = m_map.find(key);
        if (found != m_map.end()) m_changed.add(key);
        return found;
    }
    Value& at(const Key& key) {
        Value& value = m_map.at(key);
        m_changed.add(key);
        return value;
    }
    Value& operator[](const Key& key) {
        m_changed.add(key);
        return m_map[key];
    }
    template <typename Given>
    std::pair<iterator, bool> emplace(const Key& key, Given&& value) {
        m_changed.add(key);
        return m_map.emplace(key, std::forward<Given>(value));
    }
    size_t erase(const Key& key) {
        m_changed.add(key);
        return m_map.erase(key);
    }
    iterator erase(iterator at) {
        m_changed.add(at->first);
        return m_map.erase(at);
    }
    void clear() {
        changedAll();
        m_map.clear();
    }

private:
    void changedAll() {
        if (!m_changed.tracking()) return;
        for (const auto& [key, value] : m_map) m_changed.add(key);
    }

    base::LazyContainer<Map> m_map;
    ChangedKeys<Key> m_changed;
};

/// A std::unordered_set that takes no room while it is empty.
template <typename Key>
class KeptSet {
    using Set = std::unordered_set<Key>;

public:
    void track() { m_changed.track(); }
    void trackAll() {
        track();
        changedAll();
    }
    std::vector<Key> takeChanged() { return m_changed.take(); }

    size_t size() const { return m_set.size(); }
    bool empty() const { return m_set.empty(); }
    size_t count(const Key& key) const { return m_set.count(key); }
    bool contains(const Key& key) const { return m_set.contains(key); }
    auto begin() const { return m_set.begin(); }
    auto end() const { return m_set.end(); }

    auto insert(const Key& key) {
        auto result = m_set.insert(key);
        if (result.second) m_changed.add(key);
        return result;
    }
    size_t erase(const Key& key) {
        m_changed.add(key);
        return m_set.erase(key);
    }
    void clear() {
        changedAll();
        m_set.clear();
    }

private:
    void changedAll() {
        if (!m_changed.tracking()) return;
        for (const Key& key : m_set) m_changed.add(key);
    }

    base::LazyContainer<Set> m_set;
    ChangedKeys<Key> m_changed;
};

}  // namespace orrery::server
