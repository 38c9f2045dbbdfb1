"""Which briefs are read, and which are refused with a clear message."""

import datetime as dt
from pathlib import Path

import pytest

from agents.language.detection import languages
from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.document import read_document
from agents.requirement_analysis.languages import in_english
from contracts.brief import Brief, BriefError

EXAMPLES = Path(__file__).parents[3] / "examples"

FOREIGN = {
    "French": (
        "# Boutique en ligne\n\nNous voulons une application pour les clients qui passent des commandes. Chaque client "
        "a plusieurs adresses et le prix d'un produit ne doit pas être négatif. Les factures sont conservées pendant "
        "dix ans."
    ),
    "Spanish": (
        "# Tienda\n\nQueremos una aplicación para los clientes que hacen pedidos. Cada cliente tiene varias "
        "direcciones y el precio de un producto no puede ser negativo. Las facturas se guardan durante diez años para "
        "la administración."
    ),
    "Dutch": (
        "# Webwinkel\n\nWij willen een toepassing voor onze klanten die bestellingen plaatsen. Elke klant heeft meer "
        "dan een adres en de prijs van een product mag niet onder nul zijn. De facturen worden tien jaar bewaard door "
        "het kantoor."
    ),
    "Polish": (
        "# Sklep\n\nChcemy aplikację dla klientów, którzy składają zamówienia. Każdy klient może mieć wiele adresów, "
        "a cena produktu nie może być ujemna. Faktury są przechowywane przez dziesięć lat, ponieważ tak mówi prawo. To "
        "jest ważne także dla nas, bo bez tego nie można ich sprawdzić."
    ),
    "Russian or another language in Cyrillic letters": (
        "# Магазин\n\nМы хотим приложение для клиентов, которые делают заказы. У каждого клиента несколько адресов."
    ),
    "Chinese or Japanese": "# 商店\n\n" + "我们需要一个应用程序来管理客户和订单。" * 3,
}


@pytest.mark.parametrize("language", FOREIGN)
def test_a_third_language_is_refused(language: str) -> None:
    text = FOREIGN[language]
    with pytest.raises(BriefError) as refused:
        requirement_analysis(Brief(project="x", text=text, date=dt.date(2026, 11, 1)))
    first = text.split("\n")[0].removeprefix("# ")
    assert str(refused.value) == f'line 1: the brief looks like {language} ("{first}"). Write it in English or German.'


@pytest.mark.parametrize(
    "text",
    [
        "User: id, name, email\nOrder: id, total, status\nLe Coq: id",
        "# Delta\n\n- de_id: integer\n- la_id: integer\n- el_id: integer\n- un_code: string\n- no: integer",
        "### Van\n- van_id\n- den: string\n\n```sql\nSELECT de, la, el, un, con FROM een, het, van, niet;\n```",
        "Customer Müller GmbH, Société Générale, Banco de la Nación, Vereniging van Eigenaren",
    ],
)
def test_names_and_code_are_no_language(text: str) -> None:
    assert languages(text).foreign == ""


@pytest.mark.parametrize("name", ["shop", "clinic", "habits"])
def test_english_briefs_are_untouched(name: str) -> None:
    text = (EXAMPLES / name / "INITIAL.md").read_text("utf-8")
    document = read_document(text)
    read, _ = in_english(document, text)
    assert read is document


def test_english_with_a_foreign_sentence_is_read() -> None:
    foreign = FOREIGN["French"].split("\n")[2][:60]
    text = f"# Crêperie\n\nWe store customers and their orders. {foreign}\n\nThe owner sees the orders of the day.\n"
    assert languages(text).foreign == ""
