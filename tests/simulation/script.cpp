// SPDX-License-Identifier: MIT
#include "tests/simulation/script.h"

#include <cctype>
#include <stdexcept>

#include "tests/simulation/program.h"

namespace orrery::simulation {
namespace {

class Parser {
public:
    explicit Parser(const std::string& text) : m_text(text) {}

    Steps all() {
        Steps steps = until("");
        if (m_at != m_text.size()) fail();
        return steps;
    }

private:
    [[noreturn]] void fail() const {
        throw std::invalid_argument("script, character " + std::to_string(m_at + 1) + ": " + m_text);
    }
    char look() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }

    Steps until(const std::string& stops) {
        Steps steps;
        while (look() != '\0' && stops.find(look()) == std::string::npos) {
            if (look() == ' ') {
                ++m_at;
            } else {
                steps.push_back(one());
            }
        }
        return steps;
    }

    Step one() {
        Step step;
        step.begin = m_at;
        step.word = m_text[m_at++];
        while (std::isdigit(static_cast<unsigned char>(look())))
            step.number = step.number * 10 + (m_text[m_at++] - '0');
        if (step.word == '[' || step.word == '{') {
            parts(&step, step.word == '[' ? ']' : '}');
        } else if (look() == '(') {
            ++m_at;
            parts(&step, ')');
        } else if (std::isalpha(static_cast<unsigned char>(step.word)) == 0) {
            fail();
        }
        step.end = m_at;
        return step;
    }

    void parts(Step* step, char last) {
        while (true) {
            step->parts.push_back(until(std::string("|") + last));
            if (look() == last) break;
            if (look() != '|') fail();
            ++m_at;
        }
        ++m_at;
    }

    const std::string& m_text;
    size_t m_at = 0;
};

std::string makeWord(Dice& dice, int depth) {
    const auto number = [&dice](char word, int limit) { return word + std::to_string(dice.below(limit)); };
    const auto inner = [&] { return makeScript(dice, depth - 1); };
    switch (dice.below(depth > 0 ? 38 : 26)) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4: return number('A', 10);
        case 5:
        case 6: return number('a', 10);
        case 7:
        case 8:
        case 9: return number('T', 12);
        case 10: return number('t', 12);
        case 11:
        case 12: return number('S', 3);
        case 13: return number('s', 10);
        case 14:
        case 15: return "J";
        case 16: return number('G', 6);
        case 17: return number('K', 6);
        case 18:
        case 19: return number('P', 3);
        case 20: return "M";
        case 21: return "V";
        case 22: return "L";
        case 23: return "D";
        case 24: return dice.oneIn(40) ? "B140" : number('B', 4);
        case 25: return dice.oneIn(3) ? "F" : dice.oneIn(3) ? "f" : "N";
        case 26:
        case 27:
        case 28: return "[" + inner() + "|" + inner() + "]";
        case 29:
        case 30: return "{" + inner() + "|" + inner() + "}";
        case 31:
        case 32: return number('X', 6) + "(" + inner() + ")";
        case 33:
        case 34:
        case 35: return number('C', 8) + "(" + inner() + ")";
        default: return number('c', 8) + "(" + inner() + ")";
    }
}

}  // namespace

Steps parseScript(const std::string& script) { return Parser(script).all(); }

std::string makeScript(Dice& dice, int depth) {
    std::string script;
    for (int words = 1 + dice.below(2 + depth); words > 0; --words) {
        script += makeWord(dice, depth);
        if (words > 1) script += ' ';
    }
    return script;
}

}  // namespace orrery::simulation
