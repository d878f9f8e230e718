// SPDX-License-Identifier: MIT
#include "core/server/dynamic_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <variant>

#include "core/base/error.h"
#include "core/payload/json.h"
#include "core/server/state/go_duration.h"

namespace orrery::server {
namespace {

using Field = std::variant<size_t Limits::*, int64_t Limits::*, int32_t Limits::*, double Limits::*, bool Limits::*,
                           base::Duration Limits::*>;

struct Known {
    std::string_view key;  ///< in lower case
    Field field;
};

const auto& honoured() {
    static const auto table = std::to_array<Known>({
        {"limit.blobsize.error", &Limits::blobSize},
        {"limit.memosize.error", &Limits::memoSize},
        {"frontend.searchattributesnumberofkeyslimit", &Limits::searchAttributes},
        {"frontend.searchattributessizeofvaluelimit", &Limits::searchAttributeSize},
        {"frontend.searchattributestotalsizelimit", &Limits::searchAttributesSize},
        {"limit.mutablestateactivityfailuresize.error", &Limits::storedFailureSize},
        {"limit.historysize.error", &Limits::historySize},
        {"limit.historycount.error", &Limits::historyEvents},
        {"limit.historysize.suggestcontinueasnew", &Limits::suggestContinueSize},
        {"limit.historycount.suggestcontinueasnew", &Limits::suggestContinueEvents},
        {"limit.mutablestatesize.error", &Limits::mutableStateSize},
        {"limit.numpendingactivities.error", &Limits::pendingActivities},
        {"limit.numpendingchildexecutions.error", &Limits::pendingChildren},
        {"limit.numpendingsignals.error", &Limits::pendingSignals},
        {"limit.numpendingcancelrequests.error", &Limits::pendingCancels},
        {"history.maximumsignalsperexecution", &Limits::signals},
        {"history.maximumbufferedeventsbatch", &Limits::bufferedEvents},
        {"history.maximumbufferedeventssizeinbytes", &Limits::bufferedEventsSize},
        {"history.maxbufferedquerycount", &Limits::bufferedQueries},
        {"history.maxinflightupdates", &Limits::updatesInFlight},
        {"history.maxinflightupdatepayloads", &Limits::updatesInFlightSize},
        {"history.maxtotalupdates", &Limits::updates},
        {"history.maxtotalupdates.suggestcontinueasnewthreshold", &Limits::suggestContinueUpdates},
        {"system.numconsecutiveworkflowtaskproblemstotriggersearchattribute", &Limits::problemsToReport},
        {"history.defaultworkflowtasktimeout", &Limits::taskTimeout},
        {"history.workflowtaskheartbeattimeout", &Limits::taskHeartbeat},
        {"history.workflowtaskretrymaxinterval", &Limits::taskRetry},
        {"history.discardspeculativeworkflowtaskmaximumeventscount", &Limits::discardableEvents},
        {"matching.longpollexpirationinterval", &Limits::taskPoll},
        {"history.longpollexpirationinterval", &Limits::historyPoll},
        {"frontend.historymaxpagesize", &Limits::historyPage},
        {"limit.historymaxpagesize", &Limits::historyPage},
        {"frontend.visibilitymaxpagesize", &Limits::visibilityPage},
        {"system.namespaceminretentionlocal", &Limits::shortestRetention},
        {"frontend.enablecancelworkerpollsonshutdown", &Limits::pollsEndWithWorker},
        {"frontend.workflowtimeskippingenabled", &Limits::workflowTimeSkipping},
    });
    return table;
}

/// Keys, or beginnings of keys where they end in a dot, that change no limit.
struct Other {
    std::string_view key;
    ConfigEffect effect;
};

constexpr auto kOthers = std::to_array<Other>({
    {"system.enableeagerworkflowstart", ConfigEffect::Always},
    {"system.enableactivityeagerexecution", ConfigEffect::Always},
    {"frontend.enableexecutemultioperation", ConfigEffect::Always},
    {"system.enablestickyquery", ConfigEffect::Always},
    {"frontend.enableserverversioncheck", ConfigEffect::Nothing},
    {"frontend.enableupdateworkflowexecution", ConfigEffect::Always},
    {"frontend.enableupdateworkflowexecutionasyncaccepted", ConfigEffect::Always},
    {"frontend.listworkersenabled", ConfigEffect::Always},
    {"frontend.workerheartbeatsenabled", ConfigEffect::Always},
    {"system.forcesearchattributescacherefreshonread", ConfigEffect::Nothing},
    {"system.refreshnexusendpoints", ConfigEffect::Nothing},
    {"limit.maxidlength", ConfigEffect::Fixed},
    {"limit.blobsize.warn", ConfigEffect::Nothing},
    {"limit.memosize.warn", ConfigEffect::Nothing},
    {"limit.historysize.warn", ConfigEffect::Nothing},
    {"limit.historycount.warn", ConfigEffect::Nothing},
    {"limit.mutablestatesize.warn", ConfigEffect::Nothing},
    {"matching.rps", ConfigEffect::Nothing},
    {"matching.namespacerps", ConfigEffect::Nothing},
    {"matching.usenewmatcher", ConfigEffect::Nothing},
    {"matching.numtaskqueuereadpartitions", ConfigEffect::Nothing},
    {"matching.numtaskqueuewritepartitions", ConfigEffect::Nothing},
    {"frontend.rps", ConfigEffect::Nothing},
    {"frontend.namespacerps", ConfigEffect::Nothing},
    {"frontend.namespacerps.", ConfigEffect::Nothing},
    {"frontend.namespacecount", ConfigEffect::Nothing},
    {"history.rps", ConfigEffect::Nothing},
    {"history.enablechasm", ConfigEffect::Nothing},
    {"history.enabletransitionhistory", ConfigEffect::Nothing},
    {"history.cache", ConfigEffect::Nothing},
    {"history.enablerequestidreflinks", ConfigEffect::Nothing},
    {"frontend.activityapisenabled", ConfigEffect::NotHere},
    {"frontend.workerversioning", ConfigEffect::NotHere},
    {"limit.usermetadatasummarysize", ConfigEffect::NotHere},
    {"limit.usermetadatadetailssize", ConfigEffect::NotHere},
    {"frontend.workflowrulesapisenabled", ConfigEffect::NotHere},
    {"frontend.maxconcurrentbatchoperationpernamespace", ConfigEffect::NotHere},
    {"frontend.workflowpauseenabled", ConfigEffect::NotHere},
    {"history.enablesignalwithstartfromworkflow", ConfigEffect::NotHere},
    {"frontend.workercommandsenabled", ConfigEffect::NotHere},
    {"system.enabledeployment", ConfigEffect::NotHere},
    {"system.enablenexus", ConfigEffect::NotHere},
    {"matching.wv.", ConfigEffect::NotHere},
    {"worker.removablebuildiddurationsincedefault", ConfigEffect::NotHere},
    {"activity.", ConfigEffect::NotHere},
    {"nexusoperation.", ConfigEffect::NotHere},
    {"component.", ConfigEffect::NotHere},
    {"callback.", ConfigEffect::NotHere},
    {"history.enableupdatecallbacks", ConfigEffect::NotHere},
    {"scheduler.", ConfigEffect::NotHere},
});

/// Of these families whatever goes on after the key belongs to it too.
constexpr auto kFamilies =
    std::to_array<std::string_view>({"system.refreshnexusendpoints", "history.enablechasm", "history.cache",
                                     "frontend.workerversioning", "system.enabledeployment"});

bool covers(std::string_view known, std::string_view key) {
    if (known == key) return true;
    const bool family = known.back() == '.' || std::find(kFamilies.begin(), kFamilies.end(), known) != kFamilies.end();
    return family && key.starts_with(known);
}

[[noreturn]] void refuse(const std::string& key, const std::string& json, const std::string& wanted) {
    throw base::Error(base::ErrorCode::InvalidArgument,
                      "The dynamic configuration value " + key + " has to be " + wanted + ", not " + json + ".",
                      {{"key", key}, {"value", json}});
}

/// What the text says, once it is known to be JSON.
struct Value {
    payload::JsonReader::Kind kind;
    std::string text;  ///< of a string its content
    bool truth = false;
};

Value readValue(const std::string& key, const std::string& json) {
    try {
        payload::JsonReader reader(json);
        Value value{reader.peek(), {}};
        switch (value.kind) {
            case payload::JsonReader::Kind::String: value.text = reader.string(); break;
            case payload::JsonReader::Kind::Bool: value.truth = reader.boolean(); break;
            default: value.text = reader.skip(); break;
        }
        reader.end();
        return value;
    } catch (const payload::JsonError&) {
        refuse(key, json, "JSON");
    }
}

double numberOf(const Value& value) {
    if (value.kind != payload::JsonReader::Kind::Number) return NAN;
    double number = NAN;
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
    return number;
}

/// Nothing that is counted or measured here needs more.
constexpr double kMost = 1e15;

template <typename Whole>
    requires std::is_integral_v<Whole>
void assign(Whole& field, const Value& value, const std::string& key, const std::string& json) {
    const double number = numberOf(value);
    constexpr double kLargest = sizeof(Whole) < 8 ? double(std::numeric_limits<Whole>::max()) : kMost;
    if (!(number >= 0) || number > kLargest || number != std::floor(number)) refuse(key, json, "a whole number from 0");
    field = Whole(number);
}

void assign(bool& field, const Value& value, const std::string& key, const std::string& json) {
    if (value.kind != payload::JsonReader::Kind::Bool) refuse(key, json, "true or false");
    field = value.truth;
}

void assign(double& field, const Value& value, const std::string& key, const std::string& json) {
    const double number = numberOf(value);
    if (!(number >= 0) || number > kMost) refuse(key, json, "a number from 0");
    field = number;
}

void assign(base::Duration& field, const Value& value, const std::string& key, const std::string& json) {
    constexpr double kMostSeconds = 9e9;
    std::optional<base::Duration> duration;
    if (value.kind == payload::JsonReader::Kind::String) {
        duration = parseGoDuration(value.text);
    } else if (const double seconds = numberOf(value); seconds >= 0 && seconds <= kMostSeconds) {
        duration = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
    }
    if (!duration || *duration < base::Duration::zero()) refuse(key, json, "a duration like \"1m30s\", or seconds");
    field = *duration;
}

}  // namespace

ConfigEffect applyConfig(Limits& limits, const std::string& key, const std::string& json) {
    std::string lower = key;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    const Value value = readValue(key, json);
    for (const Known& known : honoured()) {
        if (known.key != lower) continue;
        std::visit([&](auto field) { assign(limits.*field, value, key, json); }, known.field);
        return ConfigEffect::Honoured;
    }
    for (const Other& other : kOthers) {
        if (covers(other.key, lower)) return other.effect;
    }
    return ConfigEffect::Unknown;
}

std::string configRemark(ConfigEffect effect, const std::string& key, const std::string& json) {
    const std::string ignored = "Dynamic configuration value " + key + "=" + json + " is ignored: ";
    switch (effect) {
        case ConfigEffect::Honoured: return {};
        case ConfigEffect::Always: return json == "true" ? "" : ignored + "this is always on here.";
        case ConfigEffect::NotHere: return ignored + "it belongs to a part that this server does not have.";
        case ConfigEffect::Fixed: return ignored + "this limit is fixed here.";
        case ConfigEffect::Nothing: return ignored + "there is nothing to tune here.";
        default: return ignored + "nobody knows the key.";
    }
}

}  // namespace orrery::server
