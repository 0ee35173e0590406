// The embedded files: that they are whole, that pages ask only for files that exist, and that the
// error page's template lets nothing of its values become markup.
#include "web/assets.h"

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <kainjow/mustache.hpp>

namespace latchkey::web {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kPages[] = {
    "pages/login.html", "pages/signup.html",  "pages/verify.html",  "pages/forgot.html",
    "pages/reset.html", "pages/account.html", "pages/pending.html", "pages/error.html",
    "pages/demo.html",  "admin/admin.html"};

std::string body_of(std::string_view path) {
  const Asset* asset = find_asset(path);
  return asset == nullptr ? std::string{} : std::string(asset->body);
}

// With what all pages share, as the service gives it out.
std::string page_with_parts(std::string_view path) {
  kainjow::mustache::data parts;
  parts.set("head", body_of("pages/parts/head.html"));
  parts.set("brand", body_of("pages/parts/brand.html"));
  return kainjow::mustache::mustache(body_of(path)).render(parts);
}

std::string render_error_page(const kainjow::mustache::data& values) {
  kainjow::mustache::mustache page(body_of("pages/error.html"));
  EXPECT_TRUE(page.is_valid()) << page.error_message();
  return page.render(values);
}

TEST(Assets, AreWholeAndTyped) {
  const Asset* sheet = find_asset("latchkey.css");
  ASSERT_NE(sheet, nullptr);
  EXPECT_EQ(sheet->content_type, "text/css; charset=utf-8");
  EXPECT_THAT(std::string(sheet->body), StartsWith("/*"));
  EXPECT_THAT(std::string(sheet->body), EndsWith("}\n"));

  const Asset* icon = find_asset("favicon.svg");
  ASSERT_NE(icon, nullptr);
  EXPECT_EQ(icon->content_type, "image/svg+xml");
  EXPECT_THAT(std::string(icon->body), EndsWith("</svg>\n"));

  const Asset* buttons = find_asset("latchkey-buttons.js");
  ASSERT_NE(buttons, nullptr);
  EXPECT_EQ(buttons->content_type, "text/javascript; charset=utf-8");
}

TEST(Assets, UnknownPathsHaveNoAsset) {
  EXPECT_EQ(find_asset(""), nullptr);
  EXPECT_EQ(find_asset("login"), nullptr);
  EXPECT_EQ(find_asset("../latchkey.css"), nullptr);
  EXPECT_EQ(find_asset("LATCHKEY.CSS"), nullptr);
}

TEST(Assets, EntityTagsAreQuotedAndDiffer) {
  std::set<std::string_view> tags;
  for (const std::string_view path : kPages) {
    const Asset* asset = find_asset(path);
    ASSERT_NE(asset, nullptr) << path;
    EXPECT_THAT(std::string(asset->etag), ::testing::MatchesRegex("\"[0-9a-f]+\"")) << path;
    tags.insert(asset->etag);
  }
  EXPECT_EQ(tags.size(), std::size(kPages));
}

// Follows imports of imports; `seen` ends a circle.
void expect_imports_exist(const std::string& file, std::set<std::string>& seen) {
  if (!file.ends_with(".js") || !seen.insert(file).second) return;
  const std::string script = body_of(file);
  const std::regex in_module("(?:from|import) '(\\.[^']+)'");
  for (std::sregex_iterator import(script.begin(), script.end(), in_module);
       import != std::sregex_iterator(); ++import) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    const std::string module = (folder / (*import)[1].str()).lexically_normal().string();
    ASSERT_NE(find_asset(module), nullptr) << file << " imports " << module;
    expect_imports_exist(module, seen);
  }
}

TEST(Assets, PagesAndModulesAskOnlyForEmbeddedFiles) {
  std::set<std::string> seen;
  const std::regex in_page("/auth/assets/([A-Za-z0-9._/-]+)\"");
  for (const std::string_view path : kPages) {
    const std::string page = page_with_parts(path);
    std::sregex_iterator reference(page.begin(), page.end(), in_page);
    ASSERT_NE(reference, std::sregex_iterator()) << path;
    for (; reference != std::sregex_iterator(); ++reference) {
      const std::string file = (*reference)[1];
      const Asset* asset = find_asset(file);
      ASSERT_NE(asset, nullptr) << path << " asks for " << file;
      expect_imports_exist(file, seen);
    }
  }
}

// The pages' policy is script-src 'self'; style-src 'self': anything inline would silently not run.
TEST(Assets, PagesHoldNothingInline) {
  const std::regex inline_script("<script(?![^>]*\\bsrc=)");
  const std::regex inline_handler_or_style("<[^>]+\\s(on[a-z]+|style)\\s*=");
  for (const std::string_view path : kPages) {
    const std::string page = page_with_parts(path);
    EXPECT_FALSE(std::regex_search(page, inline_script)) << path;
    EXPECT_FALSE(std::regex_search(page, inline_handler_or_style)) << path;
    EXPECT_THAT(page, Not(HasSubstr("<style"))) << path;
  }
}

TEST(ErrorPage, SaysWhatHappenedAndOffersAnotherTry) {
  kainjow::mustache::data values;
  values.set("title", "The sign-in was cancelled");
  values.set("sentence", "GitHub was told not to sign you in.");
  values.set("code", "provider_denied");
  values.set("provider_label", "GitHub");
  values.set("retry_url", "/auth/github/login?next=%2Finbox");
  values.set("login_url", "/login");
  values.set("request_id", "r-1");
  const std::string page = render_error_page(values);
  EXPECT_THAT(page, HasSubstr("<h1>The sign-in was cancelled</h1>"));
  EXPECT_THAT(page, HasSubstr("GitHub was told not to sign you in."));
  EXPECT_THAT(page, HasSubstr("Try GitHub again"));
  EXPECT_THAT(page, HasSubstr("data-code=\"provider_denied\""));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST(ErrorPage, WithoutAProviderOffersNoRetry) {
  kainjow::mustache::data values;
  values.set("title", "Unknown provider");
  values.set("sentence", "There is no such provider here.");
  values.set("login_url", "/login");
  const std::string page = render_error_page(values);
  EXPECT_THAT(page, Not(HasSubstr("id=\"retry\"")));
  EXPECT_THAT(page, HasSubstr("id=\"login\""));
}

TEST(ErrorPage, MarkupInAValueStaysText) {
  kainjow::mustache::data values;
  values.set("title", "<script>alert(1)</script>");
  values.set("code", "\"><img src=x>");
  values.set("provider_label", "<b>GitHub</b>");
  values.set("retry_url", "/x\"onclick=\"alert(1)");
  const std::string page = render_error_page(values);
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img src=x>")));
  EXPECT_THAT(page, Not(HasSubstr("<b>GitHub")));
  EXPECT_THAT(page, Not(HasSubstr("\"onclick=")));
}

}  // namespace
}  // namespace latchkey::web
