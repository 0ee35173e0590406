#include "bench/load/sign_ins.h"

#include <algorithm>
#include <memory>

#include "bench/load/connection.h"
#include "bench/load/tally.h"

namespace latchkey::bench {
namespace {

constexpr int kFound = 302;
constexpr int kSeeOther = 303;

// "/path?query" of an absolute URL.
std::string_view target_of(std::string_view url) {
  const std::size_t authority = url.find("//");
  const std::size_t path =
      authority == std::string_view::npos ? std::string_view::npos : url.find('/', authority + 2);
  return path == std::string_view::npos ? std::string_view{} : url.substr(path);
}

std::string get(std::string_view target, std::string_view host, std::string_view cookies) {
  std::string request;
  request.append("GET ").append(target).append(" HTTP/1.1\r\nHost: ").append(host);
  if (!cookies.empty()) request.append("\r\nCookie: ").append(cookies);
  return request.append("\r\nUser-Agent: latchkey-load\r\n\r\n");
}

class Browser {
 public:
  Browser(EventLoop& loop, const SignInLoad& load, Tally& tally, Instant counts_from,
          std::size_t& next_person)
      : load_(load),
        tally_(tally),
        counts_from_(counts_from),
        next_person_(next_person),
        service_(loop, parse_address(load.target)),
        provider_(loop, parse_address(load.dev_provider)) {}

  // Whether it was refused, and waits to be told to begin again.
  [[nodiscard]] bool rests() const { return rests_; }

  void begin() {
    rests_ = false;
    began_ = SteadyClock::now();
    cookies_.clear();
    service_.send(get("/auth/" + load_.provider + "/login?next=/", load_.target, ""),
                  [this](const Reply& reply) { begun(reply); });
  }

 private:
  void begun(const Reply& reply) {
    const std::string_view authorize = target_of(reply.field("Location"));
    if (reply.status != kFound || authorize.empty()) return end(reply.status, "begin");
    keep_cookies(reply);
    std::string target(authorize);
    target += "&prompt=none&login_hint=" + load_.people[next_person_++ % load_.people.size()];
    if (!load_.fault.empty()) {
      target += "&fault=" + load_.fault + "&delay_ms=" + std::to_string(load_.delay_ms);
    }
    provider_.send(get(target, load_.dev_provider, ""),
                   [this](const Reply& approval) { approved(approval); });
  }

  void approved(const Reply& reply) {
    const std::string_view callback = target_of(reply.field("Location"));
    if (callback.empty()) return end(reply.status, "approve");
    service_.send(get(callback, load_.target, cookies_),
                  [this](const Reply& answer) { completed(answer); });
  }

  void completed(const Reply& reply) {
    const bool entered =
        reply.status == kSeeOther && reply.head.find("sessionid=") != std::string_view::npos;
    end(reply.status == kSeeOther && !entered ? 0 : reply.status, "complete");
  }

  void keep_cookies(const Reply& reply) {
    std::size_t at = 0;
    std::string_view value;
    while (reply.next_field("Set-Cookie", at, value)) {
      if (!cookies_.empty()) cookies_ += "; ";
      cookies_ += value.substr(0, value.find(';'));
    }
  }

  void end(int status, const char* step) {
    if (const Instant now = SteadyClock::now(); now >= counts_from_) {
      tally_.add(status, began_, now);
      if (status != kSeeOther) tally_.count(std::string(step) + " " + std::to_string(status));
    }
    rests_ = status != kSeeOther;
    if (!rests_) begin();
  }

  const SignInLoad& load_;
  Tally& tally_;
  const Instant counts_from_;
  std::size_t& next_person_;
  Connection service_;
  Connection provider_;
  std::string cookies_;
  Instant began_;
  bool rests_ = false;
};

SteadyClock::duration seconds(double count) {
  return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(count));
}

}  // namespace

void run_sign_ins(EventLoop& loop, const SignInLoad& load) {
  Tally tally;
  std::size_t next_person = 0;
  std::vector<std::unique_ptr<Browser>> browsers;
  const Instant began = SteadyClock::now();
  const Instant counts_from = began + seconds(load.warm_up);
  tally.begin(counts_from);
  for (int i = 0; i < load.browsers; ++i) {
    browsers.push_back(std::make_unique<Browser>(loop, load, tally, counts_from, next_person));
    browsers.back()->begin();
  }
  loop.run(began + seconds(load.seconds), began, [&browsers](Instant now) {
    for (const auto& browser : browsers) {
      if (browser->rests()) browser->begin();
    }
    return now + std::chrono::seconds(1);
  });
  const auto resting = std::count_if(browsers.begin(), browsers.end(),
                                     [](const auto& browser) { return browser->rests(); });
  tally.print(browsers.size() - static_cast<std::size_t>(resting));
}

}  // namespace latchkey::bench
