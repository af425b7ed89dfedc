//! The pages, asked without a network.
