#include "daemon/demo/topic_writer.h"

#include "daemon/demo/streams.h"

#include <librdkafka/rdkafka.h>

namespace alarum::demo {

Result<std::unique_ptr<TopicWriter>> TopicWriter::open(const std::string& brokers) {
  std::unique_ptr<TopicWriter> out(new TopicWriter);
  KafkaRole role;
  role.is_producer = true;
  role.defaults = {{"linger.ms", "5"}, {"delivery.report.only.error", "true"}};
  role.on_delivery = [writer = out.get()](const rd_kafka_message_s& message) {
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) writer->trouble_ = rd_kafka_err2str(message.err);
  };
  TRY(out->client_, KafkaClient::open({{brokers}, {}}, std::move(role)));
  for (const Stream& stream : streams) {
    TRY(auto topic, out->client_->open_topic(std::string(stream.name)));
    out->topics_.push_back(std::move(topic));
  }
  return out;
}

Status TopicWriter::write(std::size_t stream, std::string_view record) {
  constexpr std::int32_t only_partition = 0;
  const int failed = rd_kafka_produce(topics_[stream].get(), only_partition, RD_KAFKA_MSG_F_COPY,
                                      const_cast<char*>(record.data()), record.size(), nullptr, 0, nullptr);
  if (failed == 0) return {};
  return Error{ErrorCode::io,
               std::string("the producer does not take events: ") + rd_kafka_err2str(rd_kafka_last_error())};
}

Status TopicWriter::serve(Duration wait) {
  client_->serve(wait);
  if (trouble_.empty()) return {};
  return Error{ErrorCode::io, "the broker does not take events: " + trouble_};
}

}  // namespace alarum::demo
