// /api/admin/audit/: the audit log, page by page or as NDJSON; /api/admin/explain/: what the link
// policy would decide now, and why, without doing it.
#pragma once

#include "broker/admin/staff_gate.h"
#include "config/config.h"
#include "sql/audit_log.h"

namespace latchkey::broker::admin {

class AuditRoutes {
 public:
  struct Parts {
    const StaffGate& gate;
    AdmissionDesk& desk;
    sql::Pool& pool;
    const config::Config& config;
  };
  static constexpr int kPage = 50;
  static constexpr int kExportPage = 2000;  // lines; an answer is made in memory

  explicit AuditRoutes(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response list(const http::Request& request) const;
  http::Response explain(const http::Request& request) const;

  Parts parts_;
};

}  // namespace latchkey::broker::admin
