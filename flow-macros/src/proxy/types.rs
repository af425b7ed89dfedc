//! How a type is kept, by the way it is written.

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) enum Codec {
    /// bool, integers, floats: returned by value.
    Copy,
    /// String.
    Text,
    Optional(Box<Codec>),
    List(Box<Codec>),
    /// `State<Stage>`: the state of a state machine.
    State,
    /// Any other type, as its own trait says.
    Typed(By),
    /// `#[json(serde)]`: as serde writes it.
    Serde,
}

/// How a value of another type is returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Borrowed.
    Reference,
    /// Small ones, which everybody knows to be: a UUID, a date.
    Value,
    /// `#[json(choices)]`: an enum with labels.
    Choice,
}

/// Types of one size that are returned by value.
const SMALL: &[&str] = &[
    "Decimal",
    "Uuid",
    "Duration",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "Date",
    "Time",
    "DateTime",
    "Timestamp",
    "NaiveDate",
    "NaiveTime",
    "OffsetDateTime",
];

/// What the last word of a type says.
pub(crate) fn codec_of(ty: &syn::Type) -> Codec {
    let syn::Type::Path(path) = bare(ty) else { return Codec::Typed(By::Reference) };
    let Some(last) = path.path.segments.last() else { return Codec::Typed(By::Reference) };
    let inner = || argument(ty).map(|ty| Box::new(codec_of(ty)));
    match last.ident.to_string().as_str() {
        "bool" | "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "f32" | "f64" => Codec::Copy,
        "String" => Codec::Text,
        "State" if argument(ty).is_some() => Codec::State,
        "Option" => inner().map_or(Codec::Typed(By::Reference), Codec::Optional),
        "Vec" => inner().map_or(Codec::Typed(By::Reference), Codec::List),
        name if SMALL.contains(&name) => Codec::Typed(By::Value),
        _ => Codec::Typed(By::Reference),
    }
}

/// The type without what a `macro_rules!` wraps around a `$ty:ty`, and without brackets.
fn bare(ty: &syn::Type) -> &syn::Type {
    match ty {
        syn::Type::Group(group) => bare(&group.elem),
        syn::Type::Paren(paren) => bare(&paren.elem),
        _ => ty,
    }
}

/// The `T` of `Vec<T>` or `Option<T>`.
pub(crate) fn argument(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = bare(ty) else { return None };
    match &path.path.segments.last()?.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

impl Codec {
    /// Marks it as an enum with labels.
    pub(crate) fn chosen(&mut self) -> Result<(), &'static str> {
        match self {
            Codec::Typed(by) => {
                *by = By::Choice;
                Ok(())
            }
            Codec::Optional(inner) if matches!(**inner, Codec::Typed(_)) => inner.chosen(),
            _ => Err("`choices` without values is for an enum; for a string or a number, list the values"),
        }
    }

    /// Marks what is no type of ours as one of serde's.
    pub(crate) fn by_serde(&mut self) {
        match self {
            Codec::Optional(inner) | Codec::List(inner) => inner.by_serde(),
            Codec::Typed(_) => *self = Codec::Serde,
            Codec::Copy | Codec::Text | Codec::State | Codec::Serde => {}
        }
    }

    /// Whether it is the state of a state machine.
    pub(crate) fn is_state(&self) -> bool {
        matches!(self, Codec::State)
    }

    /// Whether it is returned by value.
    pub(crate) fn by_value(&self) -> bool {
        match self {
            Codec::Copy | Codec::Typed(By::Value | By::Choice) => true,
            Codec::Optional(inner) => inner.by_value(),
            _ => false,
        }
    }

    /// The codec's type, where `__p` is known.
    pub(crate) fn path(&self) -> TokenStream {
        match self {
            Codec::Copy | Codec::Text => quote!(__p::Native),
            Codec::Optional(inner) => {
                let inner = inner.path();
                quote!(__p::Optional<#inner>)
            }
            Codec::List(inner) => {
                let inner = inner.path();
                quote!(__p::List<#inner>)
            }
            Codec::State | Codec::Typed(_) => quote!(__p::Typed),
            Codec::Serde => quote!(__p::Serde),
        }
    }
}
