#include "daemon/metric_family.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <utility>

namespace alarum {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

ClientMetric labelled(MetricLabels labels) {
  ClientMetric out;
  for (MetricLabel& label : labels) out.label.push_back({std::move(label.name), std::move(label.value)});
  return out;
}

}  // namespace

struct MetricFamilies::Impl {
  std::vector<prometheus::MetricFamily> all;

  MetricFamily begin(MetricType type, const char* name, const char* help) {
    all.push_back({name, help, type, {}});
    return {*this, all.size() - 1};
  }
};

MetricFamilies::MetricFamilies() : impl_(std::make_unique<Impl>()) {}
MetricFamilies::~MetricFamilies() = default;

MetricFamily MetricFamilies::counter(const char* name, const char* help) {
  return impl_->begin(MetricType::Counter, name, help);
}

MetricFamily MetricFamilies::gauge(const char* name, const char* help) {
  return impl_->begin(MetricType::Gauge, name, help);
}

MetricFamily MetricFamilies::summary(const char* name, const char* help) {
  return impl_->begin(MetricType::Summary, name, help);
}

MetricFamily MetricFamilies::histogram(const char* name, const char* help) {
  return impl_->begin(MetricType::Histogram, name, help);
}

std::string MetricFamilies::text() const {
  return prometheus::TextSerializer().Serializer::Serialize(impl_->all);
}

void MetricFamily::add_value(double value, MetricLabels labels) {
  prometheus::MetricFamily& family = families_.all[index_];
  ClientMetric metric = labelled(std::move(labels));
  (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
}

void MetricFamily::add(const TimeSum& sum, MetricLabels labels) {
  ClientMetric metric = labelled(std::move(labels));
  metric.summary.sample_count = sum.count;
  metric.summary.sample_sum = static_cast<double>(sum.microseconds) / 1e6;
  families_.all[index_].metric.push_back(std::move(metric));
}

/// Prometheus wants buckets cumulated, and one for everything.
void MetricFamily::add(const Histogram& histogram, MetricLabels labels) {
  ClientMetric metric = labelled(std::move(labels));
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    count += histogram.counts()[i];
    const bool is_last = i == histogram.bounds().size();
    const double bound = is_last ? std::numeric_limits<double>::infinity() : histogram.bounds()[i];
    metric.histogram.bucket.push_back({count, bound});
  }
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum = histogram.sum();
  families_.all[index_].metric.push_back(std::move(metric));
}

}  // namespace alarum
