//! The text formats, and the choice between them.

/// A text format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFormat {
    /// OpenMetrics 1.0, which Prometheus prefers.
    OpenMetrics,
    /// Text format of Prometheus 0.0.4, which other programs read.
    Prometheus,
}

/// Media type of OpenMetrics.
const OPEN_METRICS: &str = "application/openmetrics-text";

impl TextFormat {
    /// Returns the format for the value of the header `Accept`. Without a preference for OpenMetrics, it is the older
    /// one.
    pub(crate) fn accepted(accept: &str) -> Self {
        let quality = |name: &str| {
            let parts = accept.split(',').filter_map(|part| {
                let (media, parameters) = part.split_once(';').unwrap_or((part, ""));
                media
                    .trim()
                    .eq_ignore_ascii_case(name)
                    .then(|| quality(parameters))
            });
            parts.max()
        };
        let open_metrics = quality(OPEN_METRICS).unwrap_or_default();
        let is_preferred = open_metrics > 0 && open_metrics >= quality("text/plain").unwrap_or_default();
        if is_preferred {
            Self::OpenMetrics
        } else {
            Self::Prometheus
        }
    }

    /// Returns the value of the header `Content-Type`.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => prometheus_client::encoding::prometheus_text::CONTENT_TYPE,
        }
    }
}

/// Returns the weight of a media type in thousandths. Without one it is 1.
fn quality(parameters: &str) -> u32 {
    let mut weights = parameters.split(';').filter_map(|parameter| {
        let weight = parameter.trim().strip_prefix("q=")?;
        weight.trim().parse::<f64>().ok()
    });
    let weight = weights.next().unwrap_or(1.0).clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 1000"
    )]
    let thousandths = (weight * 1_000.0) as u32;
    thousandths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_metrics_is_used_if_it_is_preferred() {
        let prometheus_2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;\
                            q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                            text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        for accept in [
            prometheus_2,
            prometheus_3,
            OPEN_METRICS,
            "application/OpenMetrics-text; q=0.1",
        ] {
            assert_eq!(TextFormat::accepted(accept), TextFormat::OpenMetrics, "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "text/plain",
            "text/html,*/*;q=0.8",
            "application/openmetrics-text;q=0",
            "application/openmetrics-text;q=0.2,text/plain;q=0.9",
            "application/openmetrics-texts",
        ] {
            assert_eq!(TextFormat::accepted(accept), TextFormat::Prometheus, "{accept}");
        }
    }
}
