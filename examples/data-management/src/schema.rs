//! The app's own tables, beside the flows'.
#![allow(missing_docs, reason = "their columns are described where the models are")]

diesel::table! { sources (id) { id -> Integer, title -> Text, } }
diesel::table! { grains (id) { id -> Integer, fresh -> Bool, } }
diesel::table! { articles (slug) { slug -> Text, title -> Text, } }
diesel::table! { carriers (id) { id -> Integer, name -> Text, } }
diesel::table! { shipments (process_id) { process_id -> BigInt, carrier -> Integer, weight -> Integer, } }
