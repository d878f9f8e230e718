// SPDX-License-Identifier: MIT
#include "core/base/sparse.h"

#include <map>
#include <set>
#include <string>

#include <QtTest/QtTest>

using namespace orrery;

class SparseTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void boxedIsAnOptional() {
        base::Boxed<std::string> box;
        QVERIFY(!box && !box.has_value());
        box = std::string("a");
        QVERIFY(box.has_value());
        base::Boxed<std::string> copy = box;
        copy->append("b");
        QCOMPARE(*box, std::string("a"));
        QCOMPARE(*copy, std::string("ab"));
        box.reset();
        QVERIFY(!box);
        QCOMPARE(sizeof box, sizeof(void*));
    }

    void lazyIsItsDefaultUntilEdited() {
        base::Lazy<std::string> lazy;
        QVERIFY(lazy->empty() && !lazy.edited());
        lazy.edit().append("x");
        QCOMPARE(*lazy, std::string("x"));
        QVERIFY(lazy.edited());
        QVERIFY(base::Lazy<std::string>()->empty());
    }

    void anEmptyContainerReadsAsOne() {
        base::LazyContainer<std::map<std::string, int>> map;
        QVERIFY(map.empty() && map.size() == 0 && map.begin() == map.end());
        QVERIFY(map.find("a") == map.end());
        QCOMPARE(map.count("a"), size_t(0));
        QCOMPARE(map.erase("a"), size_t(0));
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, map.at("a"));
        QCOMPARE(sizeof map, sizeof(void*));
    }

    void containersAreFilledAndEmptied() {
        base::LazyContainer<std::map<std::string, int>> map;
        map["b"] = 2;
        QVERIFY(map.emplace("a", 1).second);
        QVERIFY(!map.emplace("a", 3).second);
        int sum = 0;
        for (const auto& [name, value] : map) sum += value;
        QCOMPARE(sum, 3);
        QCOMPARE(map.erase(map.find("a"))->first, std::string("b"));
        QCOMPARE(map.erase("b"), size_t(1));
        QVERIFY(map.empty());
        map.clear();
        QVERIFY(map.empty());

        base::LazyContainer<std::set<int>> set;
        set.insert(4);
        QVERIFY(set.contains(4));
        const base::LazyContainer<std::set<int>> other;
        QVERIFY(other.empty());
    }
};

QTEST_APPLESS_MAIN(SparseTest)
#include "sparse_test.moc"
