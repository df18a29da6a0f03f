//! Client profiles of the simulated fleet.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fastrand::Rng;

use super::hostile_texts::HostileTexts;
use super::timeline::Rhythm;
use super::topology::{SERVICES, Service};

const RW_SPLIT: &Service = &SERVICES[0];
const READ_ONLY: &Service = &SERVICES[1];
const REPORTING: &Service = &SERVICES[2];

/// A client library, with the attributes that it sends.
#[derive(Debug)]
pub struct Library {
    /// Value of `_client_name`.
    pub name: &'static str,
    /// Value of `_client_version`.
    pub version: &'static str,
    /// Whether it also sends `_os`, `_platform` and `_server_host`.
    pub platform: bool,
}

const PYMYSQL: Library = Library {
    name: "pymysql",
    version: "1.2.4",
    platform: false,
};
const LIBMARIADB: Library = Library {
    name: "libmariadb",
    version: "3.3.20",
    platform: true,
};
const CONNECTOR_J: Library = Library {
    name: "MariaDB Connector/J",
    version: "3.4.1",
    platform: false,
};

/// Lifetime of the sessions of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Short-lived: opened and closed at the rate of `churn`.
    Brief,
    /// Pooled: the pool closes a connection after hours and opens another one.
    Pooled,
    /// Permanent: never closed by the client.
    Lasting,
}

/// A kind of client.
#[derive(Debug)]
pub(super) struct ClientProfile {
    /// Share of the fleet, relative to the other profiles.
    pub(super) share: u32,
    pub(super) users: &'static [&'static str],
    pub(super) service: &'static Service,
    /// First three bytes of the addresses, lowest last byte, and number of addresses.
    pub(super) network: ([u8; 3], u8, u8),
    pub(super) program: &'static str,
    pub(super) library: &'static Library,
    pub(super) life: Life,
    /// Maximum age at the start, in seconds.
    pub(super) oldest: u32,
    pub(super) rhythm: Rhythm,
    pub(super) statements: &'static [&'static str],
}

const fn rhythm(period: u32, statements: u32, run: u32, gap: u32) -> Rhythm {
    Rhythm {
        period,
        statements,
        run,
        gap,
    }
}

pub(super) static POPULATION: [ClientProfile; 8] = [
    ClientProfile {
        share: 38,
        users: &["web", "web", "shop_api"],
        service: RW_SPLIT,
        network: ([10, 0, 1], 2, 6),
        program: "php-fpm",
        library: &LIBMARIADB,
        life: Life::Brief,
        oldest: 60,
        rhythm: rhythm(4_000, 4, 25, 60),
        statements: &[
            "SELECT id, name, price FROM products WHERE category_id = 12 ORDER BY rank LIMIT 24",
            "SELECT * FROM sessions WHERE token = '9f2c41d0'",
            "UPDATE carts SET updated_at = NOW() WHERE id = 88121",
            "SELECT COUNT(*) FROM cart_items WHERE cart_id = 88121",
        ],
    },
    ClientProfile {
        share: 10,
        users: &["web_ro"],
        service: READ_ONLY,
        network: ([10, 0, 1], 2, 6),
        program: "php-fpm",
        library: &LIBMARIADB,
        life: Life::Brief,
        oldest: 60,
        rhythm: rhythm(3_000, 2, 40, 100),
        statements: &[
            "SELECT slug, title FROM articles WHERE published = 1 ORDER BY published_at DESC LIMIT 10",
            "SELECT AVG(stars) FROM reviews WHERE product_id = 4711",
        ],
    },
    ClientProfile {
        share: 28,
        users: &["app_orders", "app_billing"],
        service: RW_SPLIT,
        network: ([10, 0, 2], 10, 4),
        program: "orders-api",
        library: &CONNECTOR_J,
        life: Life::Pooled,
        oldest: 8 * 3_600,
        rhythm: rhythm(150_000, 6, 18, 30),
        statements: &[
            "SELECT 1",
            "SELECT o.id, o.state FROM orders o WHERE o.customer_id = 20931",
            "INSERT INTO order_events(order_id, kind) VALUES (77120, 'paid')",
            "UPDATE orders SET state = 'paid' WHERE id = 77120",
            "COMMIT",
        ],
    },
    ClientProfile {
        share: 10,
        users: &["catalog"],
        service: READ_ONLY,
        network: ([10, 0, 2], 30, 2),
        program: "catalog-api",
        library: &CONNECTOR_J,
        life: Life::Pooled,
        oldest: 6 * 3_600,
        rhythm: rhythm(90_000, 3, 30, 50),
        statements: &[
            "SELECT 1",
            "SELECT id, sku, stock FROM stock WHERE warehouse = 'N2' AND stock < 5",
        ],
    },
    ClientProfile {
        share: 6,
        users: &["report"],
        service: REPORTING,
        network: ([10, 0, 3], 9, 3),
        program: "metabase",
        library: &CONNECTOR_J,
        life: Life::Lasting,
        oldest: 3_600,
        rhythm: rhythm(60_000, 1, 7_000, 500),
        statements: &[
            "SELECT DATE(created_at) AS day, SUM(total) FROM orders GROUP BY day ORDER BY day DESC LIMIT 90",
            "SELECT region, COUNT(DISTINCT customer_id) FROM orders JOIN customers USING (customer_id) GROUP BY region",
        ],
    },
    ClientProfile {
        share: 3,
        users: &["cron"],
        service: RW_SPLIT,
        network: ([10, 0, 3], 20, 1),
        program: "cleanup.py",
        library: &PYMYSQL,
        life: Life::Brief,
        oldest: 60,
        rhythm: rhythm(8_000, 2, 1_500, 200),
        statements: &[
            "DELETE FROM sessions WHERE expires_at < NOW() LIMIT 1000",
            "OPTIMIZE TABLE sessions",
        ],
    },
    ClientProfile {
        share: 3,
        users: &["etl"],
        service: RW_SPLIT,
        network: ([10, 0, 3], 7, 1),
        program: "airflow",
        library: &PYMYSQL,
        life: Life::Lasting,
        oldest: 2 * 86_400,
        rhythm: rhythm(20_000, 30, 380, 40),
        statements: &[
            "INSERT INTO dw.fact_orders SELECT * FROM stage.orders WHERE batch = 5512",
            "SELECT MAX(id) FROM dw.fact_orders",
            "DELETE FROM stage.orders WHERE batch = 5511",
        ],
    },
    ClientProfile {
        share: 2,
        users: &["dba"],
        service: RW_SPLIT,
        network: ([0, 0, 0], 10, 2),
        program: "mariadb",
        library: &LIBMARIADB,
        life: Life::Lasting,
        oldest: 2 * 3_600,
        rhythm: rhythm(400_000, 3, 250, 4_000),
        statements: &[
            "SHOW FULL PROCESSLIST",
            "EXPLAIN SELECT * FROM orders WHERE state = 'open'",
        ],
    },
];

/// Profile used by the scenario.
pub(super) const WEB: &ClientProfile = &POPULATION[0];
pub(super) const ORDERS: &ClientProfile = &POPULATION[2];
pub(super) const REPORT: &ClientProfile = &POPULATION[4];
pub(super) const CRON: &ClientProfile = &POPULATION[5];
pub(super) const ETL: &ClientProfile = &POPULATION[6];
pub(super) const DBA: &ClientProfile = &POPULATION[7];

/// The client of a session.
#[derive(Debug, Clone)]
pub(super) struct SimClient {
    pub(super) kind: &'static ClientProfile,
    pub(super) user: Cow<'static, str>,
    pub(super) address: IpAddr,
    pub(super) port: u16,
    /// Texts that replace those of the profile, if any.
    pub(super) hostile: Option<&'static HostileTexts>,
}

impl SimClient {
    /// Creates a random client of this profile. Each user has few addresses, so that pools form.
    pub(super) fn of(kind: &'static ClientProfile, rng: &mut Rng) -> Self {
        let (network, lowest, hosts) = kind.network;
        let host = rng.u8(0..hosts.max(1));
        let user = kind
            .users
            .get(usize::from(host) % kind.users.len().max(1))
            .copied()
            .unwrap_or_default();
        let last = lowest.saturating_add(host);
        Self {
            kind,
            user: Cow::Borrowed(user),
            address: address(network, last),
            port: port(rng),
            hostile: None,
        }
    }

    /// Returns the same client on a new connection, from another port.
    pub(super) fn again(&self, rng: &mut Rng) -> Self {
        let drawn = port(rng);
        Self {
            port: if drawn == self.port { drawn ^ 1 } else { drawn },
            ..self.clone()
        }
    }
}

/// Returns the address. A network of zeros selects an IPv6 address.
fn address([a, b, c]: [u8; 3], last: u8) -> IpAddr {
    if a == 0 {
        return IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 7, 0, 0, 0, u16::from(last)));
    }
    IpAddr::V4(Ipv4Addr::new(a, b, c, last))
}

fn port(rng: &mut Rng) -> u16 {
    rng.u16(32_768..=60_999)
}
