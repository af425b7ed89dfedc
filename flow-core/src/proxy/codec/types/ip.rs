//! Addresses of the internet, kept as they are written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::written;

written!(IpAddr, AsText, Ip, "an IP address", |ip| Ok(ip.to_string()), |text| text.parse().ok());
written!(Ipv4Addr, AsText, Ip, "an IPv4 address", |ip| Ok(ip.to_string()), |text| text.parse().ok());
written!(Ipv6Addr, AsText, Ip, "an IPv6 address", |ip| Ok(ip.to_string()), |text| text.parse().ok());
