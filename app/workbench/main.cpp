// SPDX-License-Identifier: MIT
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <cstdio>
#include <memory>

#include "app/workbench/quit_on_signal.h"
#include "app/workbench/replay.h"
#include "app/workbench/samples.h"
#include "app/workbench/tour.h"
#include "core/base/error.h"
#include "core/gateway/local_server.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"
#include "views/shell/main_window.h"
#include "views/shell/settings.h"

using namespace orrery;

namespace {

constexpr int kUsage = 2;

struct Options {
    QString connect;
    QString namespaceName;
    QStringList files;
    bool server = true;
    uint16_t port = 7233;
    QString settings;
    QString tour;
};

void addOptions(QCommandLineParser& parser) {
    parser.setApplicationDescription(QStringLiteral(
        "Runs, watches and steers durable workflows. Without options it brings its own server on 127.0.0.1, "
        "port 7233 or the next free one, and a sample worker."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions(
        {{"connect", "Show the server at <host:port>.", "host:port"},
         {"namespace", "Namespace for --connect.", "name", "default"},
         {"open", "Open a history <file>; may be given several times.", "file"},
         {"no-server", "Bring no server and no worker."},
         {"port", "First port to try for the own server.", "number", "7233"},
         {"settings", "Keep the settings in <file>.", "file"},
         {"tour", "Run the sample without a person, tell its story, save pictures into <folder>, end.", "folder"}});
    parser.addPositionalArgument(QStringLiteral("files"), QStringLiteral("History files to open."),
                                 QStringLiteral("[files...]"));
}

Options read(const QCommandLineParser& parser) {
    Options options;
    options.connect = parser.value(QStringLiteral("connect"));
    options.namespaceName = parser.value(QStringLiteral("namespace"));
    options.files = parser.values(QStringLiteral("open")) + parser.positionalArguments();
    options.server = !parser.isSet(QStringLiteral("no-server"));
    bool good = false;
    options.port = parser.value(QStringLiteral("port")).toUShort(&good);
    if (!good || options.port == 0) {
        std::fprintf(stderr, "--port %s: give a number from 1 to 65535.\n",
                     qPrintable(parser.value(QStringLiteral("port"))));
        std::exit(kUsage);
    }
    options.settings = parser.value(QStringLiteral("settings"));
    options.tour = parser.value(QStringLiteral("tour"));
    return options;
}

/// The command-line program, which is also the sample worker, lies beside this one.
std::filesystem::path workerProgram() {
    const QString beside = QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("orrery"));
    return beside.toStdString();
}

std::shared_ptr<gateway::LocalServer> startServer(const Options& options, QString& problem) {
    if (!options.server) return nullptr;
    gateway::LocalServerOptions server;
    server.port = options.port;
    server.workerProgram = workerProgram();
    try {
        return gateway::startLocalServerNow(server);
    } catch (const base::Error& error) {
        problem = ui::shared::text(error.what());
        return nullptr;
    }
}

/// Qt's offscreen platform says of every window that it takes no size hints; the tour's story is told without that.
void quietOffscreen(QtMsgType type, const QMessageLogContext& context, const QString& message) {
    if (message.contains(QLatin1String("propagateSizeHints"))) return;
    std::fprintf(stderr, "%s\n", qPrintable(qFormatLogMessage(type, context, message)));
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (QApplication::platformName() == QLatin1String("offscreen")) qInstallMessageHandler(quietOffscreen);
    QApplication::setApplicationName(QStringLiteral("orrery"));
    QApplication::setApplicationDisplayName(QStringLiteral("Orrery"));
    QApplication::setApplicationVersion(QStringLiteral(ORRERY_VERSION));
    QCommandLineParser parser;
    addOptions(parser);
    parser.process(application);
    const Options options = read(parser);

    const workbench::QuitOnSignal quitOnSignal;
    ui::shared::Theme::instance().apply();
    QString problem;
    const auto local = startServer(options, problem);
    if (!options.tour.isEmpty()) {
        if (!local) {
            std::fprintf(stderr, "%s\n", qPrintable(problem));
            return kUsage;
        }
        workbench::Tour tour(local, options.tour);
        return application.exec();
    }
    ui::shell::Settings settings(options.settings);
    ui::shell::MainWindow window({&settings, local, workbench::samples(), workbench::sampleReplay()});
    if (!problem.isEmpty()) window.showProblem(problem);
    if (!options.connect.isEmpty()) window.connectTo(options.connect, options.namespaceName);
    window.openFiles(options.files);
    window.show();
    return application.exec();
}
