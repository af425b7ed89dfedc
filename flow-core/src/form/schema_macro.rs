//! What the macros emit whether there are JSON Schemas or not: an expansion cannot see the features of this crate.

/// `JsonSchema` of a form, or of the data of a process or task.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __json_schema {
    // The fields of a document, by their hashes.
    (document of $proxy:ty: $ty:ty, $name:expr, [$($index:literal)*]) => {
        $crate::__json_schema!(document $ty, $name, &[$($crate::__private::form_field::<$proxy, $index>()),*]);
    };
    ($of:ident $ty:ty, $name:expr, $fields:expr) => {
        impl $crate::__private::schemars::JsonSchema for $ty {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed($name)
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::concat!(::core::module_path!(), "::", $name))
            }

            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                const FIELDS: &[$crate::FormField] = $fields;
                $crate::__private::schema::$of(FIELDS)
            }
        }
    };
}

#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __json_schema {
    ($($all:tt)*) => {};
}
