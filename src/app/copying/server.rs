//! Texts to copy about a server, a service or an endpoint.

use super::row::row_text;
use super::{CopyChoice, CopyOffer};
use crate::app::App;
use crate::app::column::TableKind as _;
use crate::app::cursor::KeyedRows as _;
use crate::app::server_view::ServerKey;
use crate::app::server_view::columns::{ServerTable, ServiceTable};
use crate::filter::Filter;
use crate::model::{Dialect, EndpointId, curl_line, maxctrl, percent_encoded, visible};

impl App {
    /// Returns what can be copied about the server or service under the cursor.
    pub(super) fn server_offer(&self) -> CopyOffer {
        let rows = self.server_rows();
        let Some((row, key)) = self.servers.as_ref().and_then(|pane| {
            let position = pane.position(&rows);
            let row = match position.checked_sub(rows.servers.len()) {
                None => row_text(ServerTable::columns().iter(), &rows.servers.get(position)?),
                Some(position) => row_text(ServiceTable::columns().iter(), &rows.services.get(position)?),
            };
            Some((row, rows.key_at(position)?))
        }) else {
            return CopyOffer::default();
        };
        let (field, endpoint, name, command) = match &key {
            ServerKey::Server(endpoint, name) => ("server", *endpoint, name, maxctrl::show_server(name)),
            ServerKey::Service(endpoint, name) => ("service", *endpoint, name, maxctrl::show_service(name)),
        };
        let access = self
            .endpoints
            .get(endpoint)
            .and_then(|endpoint| endpoint.access.as_ref());
        let command = maxctrl::at(access.map_or("", |access| &access.url), &command);
        let mut choices = vec![
            CopyChoice::new("its name", name.to_string()),
            CopyChoice::new("all details, with maxctrl", command),
        ];
        choices.extend(self.curl_choice(
            endpoint,
            &format!("/v1/{field}s/{}", percent_encoded(name.raw().kept(), b"_-.")),
        ));
        if let Some(filter) = self.filter_of_server(field, endpoint, name) {
            choices.push(CopyChoice::new(
                "filter for its sessions",
                visible(filter.text()).into_owned(),
            ));
            choices.extend(self.list_command(Some(endpoint), &filter));
        }
        choices.push(CopyChoice::new("the row, with tabs", row));
        CopyOffer {
            choices,
            no_kill: None,
        }
    }

    /// Returns what can be copied about the endpoint under the cursor: first all that is known about it.
    pub(super) fn endpoint_offer(&self) -> CopyOffer {
        let Some((id, endpoint)) = self
            .chosen_endpoint()
            .and_then(|id| Some((id, self.endpoints.get(id)?)))
        else {
            return CopyOffer::default();
        };
        let facts = self.endpoint_facts(id);
        let lines = facts.iter().map(|fact| format!("{}: {}", fact.label, fact.text));
        let mut choices = vec![CopyChoice::new(
            "all that is known about the endpoint",
            lines.collect::<Vec<_>>().join("\n"),
        )];
        let access = endpoint.access.as_ref();
        choices.extend(access.map(|access| CopyChoice::new("its URL", access.url.clone())));
        let target = match endpoint.dialect {
            Some(Dialect::Draft) => "/maxscale",
            _ => "/v1/maxscale",
        };
        choices.extend(self.curl_choice(id, target));
        choices.extend(self.list_command(Some(id), &Filter::default()));
        CopyOffer {
            choices,
            no_kill: None,
        }
    }

    /// Returns the `curl` command of a request to an endpoint.
    fn curl_choice(&self, endpoint: EndpointId, target: &str) -> Option<CopyChoice> {
        let access = self.endpoints.get(endpoint)?.access.as_ref()?;
        let line = curl_line(&access.url, access.user.as_deref(), "", target);
        Some(CopyChoice::new("all details, with curl", line))
    }
}
