#include "providers/dev/page_frame.h"

#include "base/encoding.h"

namespace latchkey::providers::dev {
namespace {

// Text and controls keep a contrast of 4.5:1 and 3:1 in both schemes and all themes.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --page: #f6f8fa; --surface: #fff; --line: #d1d9e0;
  --control: #818b98; --text: #1f2328; --muted: #59636e; --bar: #25292e; --on-bar: #fff;
  --accent: #1a7f37; --on-accent: #fff; --avatar: #ddf4e4; --on-avatar: #116329;
  --banner: #fff8c5; --on-banner: #5c4400; --radius: 8px; --width: 30rem; }
.google { --page: #f0f4f9; --line: #dde3ea; --control: #747775; --text: #1f1f1f; --muted: #505357;
  --bar: #fff; --on-bar: #1f1f1f; --accent: #0b57d0; --avatar: #d3e3fd; --on-avatar: #0842a0;
  --radius: 24px; }
.facebook { --page: #f0f2f5; --line: #dadde1; --control: #7d8187; --text: #1c1e21;
  --muted: #5a5e66; --bar: #0a5ccc; --accent: #0a5ccc; --avatar: #dbe9ff; --on-avatar: #0a478f; }
.oidc, .index { --bar: #3b3a5c; --accent: #4b3fb3; --avatar: #e5e2fb; --on-avatar: #3a2f94; }
.index { --width: 54rem; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --surface: #151b23; --line: #3d444d; --control: #7d8590;
    --text: #f0f6fc; --muted: #9ea7b3; --bar: #010409; --on-bar: #f0f6fc; --accent: #57d977;
    --on-accent: #04130a; --avatar: #12361f; --on-avatar: #8be5a2; --banner: #3a2d05;
    --on-banner: #f4d67a; }
  .google { --page: #131314; --surface: #1e1f20; --line: #444746; --control: #8e918f;
    --text: #e3e3e3; --muted: #b4b8bb; --bar: #1e1f20; --on-bar: #e3e3e3; --accent: #a8c7fa;
    --on-accent: #062e6f; --avatar: #0d3a7d; --on-avatar: #d3e3fd; }
  .facebook { --page: #18191a; --surface: #242526; --line: #3e4042; --control: #8a8d91;
    --text: #e4e6eb; --muted: #b0b3b8; --bar: #242526; --on-bar: #e4e6eb; --accent: #7ab5ff;
    --on-accent: #06234d; --avatar: #1b3a66; --on-avatar: #cfe3ff; }
  .oidc, .index { --bar: #1d1c33; --accent: #b4abff; --on-accent: #191245; --avatar: #2f2a66;
    --on-avatar: #d9d4ff; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
  overflow-wrap: anywhere; }
header { background: var(--bar); color: var(--on-bar); border-bottom: 1px solid var(--line); }
header p { max-width: var(--width); margin: 0 auto; padding: .75rem 1rem; font-weight: 600; }
.banner { margin: 0; padding: .5rem 1rem; background: var(--banner); color: var(--on-banner);
  text-align: center; font-size: .875rem; }
main { max-width: var(--width); margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
.muted, small { color: var(--muted); font-size: .875rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius);
  overflow: hidden; }
.people { list-style: none; margin: 0 0 1.25rem; padding: 0; }
.people li + li { border-top: 1px solid var(--line); }
.person { display: flex; gap: .875rem; align-items: flex-start; width: 100%;
  padding: .75rem 1rem; border: 0; background: none; color: inherit; font: inherit;
  text-align: left; cursor: pointer; }
.person:hover { background: var(--page); }
.person:focus-visible { outline-offset: -3px; }
.person > span { min-width: 0; }
.person span span, .person small { display: block; }
.person small { line-height: 1.4; }
.person .name { font-weight: 600; }
.initials { flex: none; display: grid; place-items: center; width: 2.5rem; height: 2.5rem;
  border-radius: 50%; background: var(--avatar); color: var(--on-avatar); font-weight: 600; }
fieldset { margin: 0 0 1.25rem; padding: 1rem; }
legend { float: left; width: 100%; padding: 0; margin: 0 0 .5rem; font-weight: 600; }
legend + * { clear: both; }
label { display: block; margin: .5rem 0 .25rem; font-size: .875rem; }
select, input { width: 100%; min-height: 2.5rem; padding: .25rem .625rem; border-radius: 6px;
  border: 1px solid var(--control); background: var(--surface); color: var(--text);
  font: inherit; }
.deny { width: 100%; min-height: 2.75rem; padding: .5rem 1rem; border-radius: var(--radius);
  border: 1px solid var(--control); background: var(--surface); color: var(--text);
  font: inherit; font-weight: 600; cursor: pointer; }
.deny:hover { border-color: var(--text); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; overflow-wrap: normal; }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top;
  border-top: 1px solid var(--line); }
thead th { border-top: 0; }
pre { margin: 0 0 1rem; padding: .875rem 1rem; overflow-x: auto; }
code, pre { font: .8125rem/1.6 ui-monospace, "Cascadia Code", Menlo, Consolas,
  "Liberation Mono", monospace; }
)css";

}  // namespace

std::string frame(std::string_view theme, std::string_view title, std::string_view body) {
  std::string page = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>)";
  page += html_escape(title);
  page += "</title>\n<style>";
  page += kStyle;
  page += "</style>\n</head>\n<body class=\"";
  page += theme;
  page += "\">\n<header><p>";
  page += html_escape(title);
  page +=
      "</p></header>\n<p class=\"banner\" role=\"note\">Development stand-in: not a real "
      "provider. Anybody who can open this page can be anybody.</p>\n<main>\n";
  page += body;
  page += "</main>\n</body>\n</html>\n";
  return page;
}

}  // namespace latchkey::providers::dev
