#pragma once

#include "daemon/base/histogram.h"
#include "daemon/respond/incident_figures.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Families of metrics that are made anew for every scrape: the wall around prometheus-cpp.
namespace alarum {

/// One label of a series.
struct MetricLabel {
  std::string name;
  std::string value;
};
using MetricLabels = std::vector<MetricLabel>;

class MetricFamily;

/// All families of one scrape, in the order that they are begun. One thread.
class MetricFamilies {
 public:
  MetricFamilies();
  ~MetricFamilies();
  MetricFamilies(const MetricFamilies&) = delete;
  MetricFamilies& operator=(const MetricFamilies&) = delete;

  /// Begins a family of this kind; it is there from now on, also without a series.
  MetricFamily counter(const char* name, const char* help);
  MetricFamily gauge(const char* name, const char* help);
  MetricFamily summary(const char* name, const char* help);
  MetricFamily histogram(const char* name, const char* help);

  /// In Prometheus' text format 0.0.4.
  std::string text() const;

 private:
  friend class MetricFamily;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One family, to which series are added. Lives no longer than all of them.
class MetricFamily {
 public:
  /// The value of a counter or a gauge.
  template <class Number>
  void add(Number value, MetricLabels labels = {}) {
    add_value(static_cast<double>(value), std::move(labels));
  }
  /// Of a summary: sum and count alone, without quantiles.
  void add(const TimeSum& sum, MetricLabels labels);
  void add(const Histogram& histogram, MetricLabels labels = {});

 private:
  friend class MetricFamilies;
  MetricFamily(MetricFamilies::Impl& families, std::size_t index) : families_(families), index_(index) {}
  void add_value(double value, MetricLabels labels);

  MetricFamilies::Impl& families_;
  std::size_t index_;
};

}  // namespace alarum
