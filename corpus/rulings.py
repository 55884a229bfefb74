"""What an article lets people do: one act on one kind of thing, by whom, with what effect, hanging on what.

Annotations of our own in `data/rulings/<policy-id>.yaml`, made by hand from the digests. They say nothing
that the digest of their article does not say; an article whose digest is gone has none.
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field, model_validator

from corpus.texts import Lines, Record, Text

Act = Literal[
    "collect",
    "preserve",
    "use",
    "reuse",
    "cite",
    "share",
    "publish",
    "submit",
    "charge",
    "sell",
    "buy",
    "license",
    "keep",
    "export",
    "import",
    "transport",
    "cooperate",
    "change",
    "destroy",
    "release",
    "breed",
    "enter",
    "occupy",
    "connect",
    "apply_ip",
    "found",
    "run_business",
]
Thing = Literal[
    "hgr_material",
    "hgr_information",
    "human_research",
    "personal_information",
    "important_data",
    "scientific_data",
    "state_secret",
    "paper",
    "programme_report",
    "web_data",
    "public_data",
    "user_data",
    "controlled_data",
    "data_for_foreign_court",
    "map_data",
    "weather_data",
    "marine_data",
    "station_data",
    "crop_germplasm",
    "germplasm_bank",
    "plant_variety",
    "livestock_germplasm",
    "wild_plant",
    "wild_animal",
    "wild_animal_genetics",
    "endangered_species",
    "biological_resource",
    "alien_species",
    "quarantine_item",
    "pathogen",
    "lab_animal",
    "fossil",
    "reserve",
    "instrument",
    "duty_free_instrument",
    "platform_resource",
    "reference_material",
    "biotech",
    "controlled_item",
    "classified_system",
    "achievement",
    "transfer_income",
    "service_income",
    "invention",
    "association",
    "association_branch",
]
Effect = Literal[
    "allowed",
    "forbidden",
    "approval",
    "filing",
    "report_ahead",
    "assessment",
    "exempt",
    "free_of_charge",
    "fee_allowed",
    "agreement",
    "required",
    "duty",
    "procedure",
    "penalty",
]
"""`required`: the act itself must be done; `duty`: where it is done, it must be done so. `procedure` is who
decides, in how many days and on which papers; `penalty` what a breach costs."""
Actor = Literal["foreign_party", "individual", "legal_entity"]
Fact = Literal[
    "actor",
    "foreign",
    "purpose",
    "funding",
    "secret",
    "personal",
    "anonymised",
    "consent",
    "sensitive",
    "volume",
    "sensitive_volume",
    "cii",
    "contract",
    "from_abroad",
    "important",
    "hgr_kind",
    "clinical",
    "trial",
    "ethics_exempt",
    "pathogen",
    "lab",
    "risk",
    "certificate",
    "protection",
    "unnamed",
    "endemic",
    "fossil",
    "minor",
    "vehicle",
    "zone",
    "sea",
    "price",
    "large",
    "unlawful",
]
YES_NO = ("yes", "no")
FACT_VALUES: dict[Fact, tuple[str, ...]] = dict.fromkeys(get_args(Fact), YES_NO) | {
    "actor": get_args(Actor),
    "purpose": ("public_good", "commercial"),
    "funding": ("public", "private"),
    "volume": ("under_100k", "100k_to_1m", "over_1m"),
    "sensitive_volume": ("under_10k", "over_10k"),
    "hgr_kind": ("special", "ordinary"),
    "pathogen": ("high", "other"),
    "lab": ("level_1_2", "level_3_4"),
    "risk": ("high_medium", "low"),
    "protection": ("class_1", "class_2", "none"),
    "fossil": ("key", "general"),
    "vehicle": ("public_transit", "other"),
    "zone": ("core", "buffer"),
    "sea": ("territorial", "other"),
    "price": ("under_500k", "over_500k"),
}


class Ruling(Record):
    """One thing that an article permits, forbids or makes subject to something.

    It counts only where every fact of `when` has its value, and, with `follows`, only beside a ruling of
    that effect. A `side` ruling is general: it is told where there is room and decides nothing that a more
    particular one decides.
    """

    acts: tuple[Act, ...] = Field(min_length=1)
    things: tuple[Thing, ...] = Field(min_length=1)
    effect: Effect
    actor: Actor | None = Field(default=None, description="None: whoever it is.")
    when: dict[Fact, str] = Field(default={})
    follows: Effect | None = None
    side: bool = False
    text: Text = Field(description="The condition in our own words: no more than the digest says.")
    decides: Text | None = None
    term: Text | None = Field(default=None, description="In how many days.")
    prepare: Lines = Field(default=Lines(), description="Documents and what else must be ready.")

    @model_validator(mode="after")
    def _values_known(self) -> Ruling:
        for fact, value in self.when.items():
            if fact == "actor":
                raise ValueError("actor has a field of its own and does not belong into when")
            if value not in FACT_VALUES[fact]:
                raise ValueError(f"when.{fact}: {value!r} is not one of {', '.join(FACT_VALUES[fact])}")
        if len(self.prepare.zh) != len(self.prepare.en):
            raise ValueError("prepare: the two languages differ in length")
        return self

    def __hash__(self) -> int:  # a dict has none of its own
        return hash((self.acts, self.things, self.effect, tuple(self.when.items()), self.text))

    @property
    def conditions(self) -> dict[Fact, str]:
        """All facts it hangs on, the actor among them."""
        return self.when | ({"actor": self.actor} if self.actor else {})
