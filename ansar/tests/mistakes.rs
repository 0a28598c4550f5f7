//! The mistakes that newcomers make, and what the compiler tells them: its words are a part
//! of the framework.

#[test]
fn the_compiler_explains_the_mistakes_of_newcomers() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/mistakes/*.rs");
}
