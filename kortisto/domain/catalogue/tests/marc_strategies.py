"""Records of any kind, for tests that must hold for all of them."""

from hypothesis import strategies as st

from kortisto.domain.catalogue.marc.record import Field, Marc

# Text that ISO 2709 can hold: anything but its three separators.
PLAIN = st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f")
TEXT = st.text(PLAIN, max_size=30)
# Text that XML can hold as well.
XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    max_size=30,
)
_TAGS = """010 020 022 024 028 035 041 049 080 084 100 110 111 130 240 245 246 250 260
264 300 336 338 385 440 490 500 505 520 521 600 610 648 650 651 653 655 700 710 730 740
773 800 830 856 880 942 952"""
TAGS = st.sampled_from(_TAGS.split())
INDICATORS = st.text(st.sampled_from(" 0123456789a"), min_size=2, max_size=2)
CODES = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789")


def records(text: st.SearchStrategy[str] = TEXT) -> st.SearchStrategy[Marc]:
    """Records whose fields hold anything, odd leaders and fixed fields included."""
    control: st.SearchStrategy[Field] = st.tuples(
        st.sampled_from(["001", "003", "005", "006", "007", "008"]), text
    )
    fixed: st.SearchStrategy[Field] = st.tuples(
        st.just("008"),
        st.text(st.sampled_from("0123456789 |uacdefgjlmnopqst"), max_size=40),
    )
    subfields = st.lists(st.tuples(CODES, text), min_size=1, max_size=6).map(tuple)
    data: st.SearchStrategy[Field] = st.tuples(TAGS, INDICATORS, subfields)
    leaders = st.builds(
        lambda kind, level: f"00000n{kind}{level} a2200000 i 4500",
        st.sampled_from("acdefgijkmoprtuvxyz "),
        st.sampled_from("abcdims "),
    )
    fields = st.lists(st.one_of(control, fixed, data, data), max_size=12).map(tuple)
    return st.builds(Marc, leaders, fields)
