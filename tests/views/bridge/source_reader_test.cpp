// SPDX-License-Identifier: MIT
#include "views/bridge/source_reader.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace orrery::ui::bridge;

class SourceReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void looksFromTheWholePathToItsEnd();
    void pathsThatLeadOutLeadNowhere_data();
    void pathsThatLeadOutLeadNowhere();
    void samplesAreBuiltIn();
    void foldersAreTriedInOrder();
    void otherFoldersFindWhatWasMissed();
};

namespace {

void write(const QString& file, const QByteArray& text) {
    QDir().mkpath(QFileInfo(file).absolutePath());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(file));
    out.write(text);
}

}  // namespace

void SourceReaderTest::looksFromTheWholePathToItsEnd() {
    QCOMPARE(sourcePlaces("shop/order.cpp", {"one", "two"}),
             (QStringList{":/orrery/sources/shop/order.cpp", "one/shop/order.cpp", "two/shop/order.cpp",
                          "one/order.cpp", "two/order.cpp"}));
    // What an absolute path begins with is another machine's affair.
    QCOMPARE(sourcePlaces("/builds/shop/order.cpp", {"one"}).mid(1),
             (QStringList{"one/builds/shop/order.cpp", "one/shop/order.cpp", "one/order.cpp"}));
    QCOMPARE(sourcePlaces("shop\\.\\order.cpp", {"one"}).at(1), "one/shop/order.cpp");
}

void SourceReaderTest::pathsThatLeadOutLeadNowhere_data() {
    QTest::addColumn<QString>("path");
    QTest::newRow("up") << "../secret";
    QTest::newRow("up inside") << "shop/../../secret";
    QTest::newRow("up with other slashes") << "shop\\..\\secret";
    QTest::newRow("empty") << "";
    QTest::newRow("only slashes") << "//";
}

void SourceReaderTest::pathsThatLeadOutLeadNowhere() {
    QFETCH(QString, path);
    QVERIFY(sourcePlaces(path, {"one"}).isEmpty());
}

void SourceReaderTest::samplesAreBuiltIn() {
    SourceReader reader;
    const QSignalSpy read(&reader, &SourceReader::read);
    reader.want("app/samples/order_approval.cpp");
    QTRY_COMPARE(read.size(), 1);
    const SourceText* source = reader.find("app/samples/order_approval.cpp");
    QVERIFY(source != nullptr && source->text.contains("OrderApproval::run"));
    reader.want("app/samples/order_approval.cpp");
    QCOMPARE(read.size(), 2);
}

void SourceReaderTest::foldersAreTriedInOrder() {
    QTemporaryDir one;
    QTemporaryDir two;
    write(two.filePath("shop/order.cpp"), "second\r\nline");
    write(one.filePath("order.cpp"), "a namesake");
    SourceReader reader;
    reader.setFolders({one.path(), two.path()});
    const QSignalSpy read(&reader, &SourceReader::read);
    reader.want("shop/order.cpp");
    QTRY_COMPARE(read.size(), 1);
    QCOMPARE(reader.find("shop/order.cpp")->text, "second\nline");
    QCOMPARE(reader.find("shop/order.cpp")->place, two.filePath("shop/order.cpp"));
}

void SourceReaderTest::otherFoldersFindWhatWasMissed() {
    QTemporaryDir dir;
    write(dir.filePath("shop/order.cpp"), "here");
    SourceReader reader;
    const QSignalSpy missed(&reader, &SourceReader::missed);
    const QSignalSpy read(&reader, &SourceReader::read);
    reader.want("shop/order.cpp");
    QTRY_COMPARE(missed.size(), 1);
    QVERIFY(reader.missing("shop/order.cpp"));
    reader.setFolders({dir.path()});
    QVERIFY(!reader.missing("shop/order.cpp"));
    reader.want("shop/order.cpp");
    QTRY_COMPARE(read.size(), 1);
}

QTEST_MAIN(SourceReaderTest)
#include "source_reader_test.moc"
