// How a value reaches its member: one function per kind of slot in the schema.
#include <filesystem>

#include "base/encoding.h"
#include "config/duration.h"
#include "config/schema.h"

namespace latchkey::config {
namespace {

bool holds_control_bytes(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

// One value of a Text, Path, Endpoint or List.
Verdict check_text(TextCheck check, std::string& text) {
  if (text.empty()) return std::nullopt;
  if (holds_control_bytes(text)) {
    return Complaint{"is " + in_quotes(text) + ", which holds control characters", "remove them"};
  }
  return check == nullptr ? std::nullopt : check(text);
}

Verdict check_secret_text(SecretCheck check, std::string_view secret) {
  if (secret.find('\0') != std::string_view::npos) {
    return Complaint{"holds a zero byte", "use text, e.g. the output of `openssl rand -hex 32`"};
  }
  return check == nullptr ? std::nullopt : check(secret);
}

struct Assignment {
  const Value& value;
  const std::string& directory;
  Target target;

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&value);
  }
  [[nodiscard]] Complaint wrong(std::string fix) const {
    return Complaint{describe(value), std::move(fix)};
  }
  [[nodiscard]] Complaint wrong_secret(std::string fix) const {
    return Complaint{describe_type(value), std::move(fix)};
  }

  Verdict operator()(const Flag& slot) const {
    if (as<bool>() == nullptr) return wrong("use true or false");
    slot.member(target) = *as<bool>();
    return std::nullopt;
  }

  Verdict operator()(const OptionalFlag& slot) const {
    if (as<bool>() == nullptr) return wrong("use true or false");
    slot.member(target) = *as<bool>();
    return std::nullopt;
  }

  Verdict operator()(const Integer& slot) const {
    const std::int64_t* number = as<std::int64_t>();
    if (number == nullptr || *number < slot.min || *number > slot.max) {
      return wrong("use a whole number from " + std::to_string(slot.min) + " to " +
                   std::to_string(slot.max));
    }
    slot.member(target) = static_cast<int>(*number);
    return std::nullopt;
  }

  Verdict operator()(const Span& slot) const {
    std::optional<seconds> duration;
    if (const auto* text = as<std::string>()) duration = parse_duration(*text);
    const auto* number = as<std::int64_t>();
    if (number != nullptr && *number <= kLongestDuration.count()) duration = seconds(*number);
    if (!duration || duration->count() <= 0) {
      return wrong(
          "use a number with a unit, such as \"30s\", \"10m\", \"24h\" or \"14d\", more than 0 and "
          "at most " +
          format_duration(kLongestDuration));
    }
    slot.member(target) = *duration;
    return std::nullopt;
  }

  template <class TextSlot>
  Verdict store_text(const TextSlot& slot, std::string text) const {
    if (slot.never_empty && text.empty()) return wrong("remove the key to have its default");
    Verdict verdict = check_text(slot.check, text);
    if (!verdict) slot.member(target) = std::move(text);
    return verdict;
  }

  Verdict operator()(const Text& slot) const {
    if (as<std::string>() == nullptr) return wrong("use a string in quotes");
    return store_text(slot, *as<std::string>());
  }

  Verdict operator()(const Path& slot) const {
    if (as<std::string>() == nullptr) return wrong("use a string in quotes");
    std::string text = *as<std::string>();
    if (text.starts_with(slot.prefix) && text.size() > slot.prefix.size()) {
      text = std::string(slot.prefix) + resolve_path(directory, text.substr(slot.prefix.size()));
    }
    return store_text(slot, std::move(text));
  }

  Verdict operator()(const Endpoint& slot) const {
    if (as<std::string>() == nullptr) return wrong("use a URL in quotes");
    return store_text(Text{slot.member, nullptr}, *as<std::string>());
  }

  Verdict operator()(const List& slot) const {
    const auto* list = as<std::vector<std::string>>();
    if (list == nullptr) return wrong("use a list of strings: [\"...\", \"...\"]");
    std::vector<std::string> checked = *list;
    for (std::string& element : checked) {
      if (element.empty()) return Complaint{"has an empty element", "remove it"};
      if (Verdict verdict = check_text(slot.check, element)) return verdict;
    }
    slot.member(target) = std::move(checked);
    return std::nullopt;
  }

  Verdict operator()(const Choice& slot) const {
    const std::string fix = "use " + any_of(slot.names);
    if (as<std::string>() == nullptr) return wrong(fix);
    for (std::size_t i = 0; i < slot.names.size(); ++i) {
      if (!ascii_iequals(slot.names[i], *as<std::string>())) continue;
      slot.set(target, i);
      return std::nullopt;
    }
    return wrong(fix);
  }

  Verdict operator()(const SecretText& slot) const {
    if (as<std::string>() == nullptr) return wrong_secret("use a string in quotes");
    if (Verdict verdict = check_secret_text(slot.check, *as<std::string>())) return verdict;
    slot.member(target) = Secret(*as<std::string>());
    return std::nullopt;
  }

  Verdict operator()(const SecretList& slot) const {
    const auto* list = as<std::vector<std::string>>();
    if (list == nullptr) return wrong_secret("use a list of strings: [\"...\", \"...\"]");
    std::vector<Secret> secrets;
    for (const std::string& element : *list) {
      if (element.empty()) return Complaint{"has an empty element", "remove it"};
      if (Verdict verdict = check_secret_text(slot.check, element)) {
        return Complaint{"has an element that " + verdict->what, verdict->fix};
      }
      secrets.emplace_back(element);
    }
    slot.member(target) = std::move(secrets);
    return std::nullopt;
  }
};

}  // namespace

std::string resolve_path(const std::string& directory, const std::string& path) {
  if (directory.empty()) return path;
  return (std::filesystem::path(directory) / path).lexically_normal().string();
}

Verdict assign(const Key& key, const Value& value, const std::string& directory, Target target) {
  return std::visit(Assignment{.value = value, .directory = directory, .target = target}, key.slot);
}

}  // namespace latchkey::config
