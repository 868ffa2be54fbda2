"""Categories, attributes, labels, documents, brands and Tiki's warehouses of the seeded state."""

from sellerspec.model import Json
from sellerspec.sandbox.state import Store

CATEGORIES: tuple[tuple[int, str, str, int | None, bool, bool], ...] = (
    (2, "Invented: All", "Bịa: Tất cả", None, False, False),
    (1685, "Invented: T-shirts", "Bịa: Áo thun", 2, True, True),
    (1846, "Laptops and parts", "Laptop - Máy Vi Tính - Linh kiện", 2, False, False),
    (7566, "Empty bags", "Túi trống", 1846, True, False),
    (8322, "Invented: Creams", "Bịa: Kem dưỡng", 2, True, True),
)
"""Id, English and Vietnamese name, parent, primary, for sellers abroad."""

PRIMARY = (1685, 7566, 8322)

ATTRIBUTES: tuple[tuple[int, str, str, str, str, str, bool], ...] = (
    (498, "origin", "Xuất xứ (Made in)", "Origin", "text", "select", True),
    (499, "brand", "Thương hiệu", "Brand", "text", "text", True),
    (500, "brand_country", "Xuất xứ thương hiệu", "Origin of the brand", "text", "text", False),
    (501, "bulky", "Hàng cồng kềnh", "Bulky", "integer", "text", True),
    (502, "product_width", "Chiều rộng", "Width, cm", "decimal", "text", True),
    (503, "product_length", "Chiều dài", "Length, cm", "decimal", "text", True),
    (504, "product_height", "Chiều cao", "Height, cm", "decimal", "text", True),
    (505, "product_weight_kg", "Trọng lượng", "Weight, kg", "decimal", "text", True),
    (506, "is_warranty_applied", "Có bảo hành", "Warranty", "integer", "text", False),
    (507, "age_group", "Nhóm tuổi", "Age", "text", "multiselect", False),
    (1300, "product_top_features", "Tính năng nổi bật", "Top features", "text", "textarea", False),
)
"""Id, code, Vietnamese and English name, type of data and of input, required."""

FREE_ORIGIN = 1497
"""Id of the origin in the category 1685, which takes any text: a real product there names two countries."""

VALUES = {498: ("Việt Nam", "Anh"), 507: ("0-3", "3-6", "6-12")}
"""Id of an attribute -> its values."""

LABELS = ("size", "color", "Kích cỡ", "Màu sắc")

DOCUMENTS: dict[int, tuple[tuple[int, str], ...]] = {
    8322: ((18, "Phiếu công bố mỹ phẩm"), (19, "Giấy phép bịa")),
}
"""Id of a category -> id and name of the documents that it needs."""

BRANDS: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (11, "No Brand", ()),
    (18, "Thương hiệu bịa Việt", ("Giấy ủy quyền thương hiệu",)),
    (20, "Invented", ()),
)
"""Id, name, and the documents that the brand needs."""

TIKI_WAREHOUSES = (
    ("hn", "Hà Nội"), ("sgn", "Hồ Chí Minh"), ("ct", "Cần Thơ"), ("dn", "Đà Nẵng"), ("hp", "Hải Phòng"),
    ("ts", "Tân Sơn"), ("nt", "Nha Trang"), ("vln", "Vĩnh Long"), ("bfsgn", "Hồ Chí Minh BF"),
    ("sgn3", "Hồ Chí Minh 3"), ("hn4", "Ha Noi 4"), ("hn5", "Ha Noi 5"),
)  # fmt: skip
"""Code and name; the codes are real, and of the names `Ha Noi 5`."""


def seed(state: Store) -> None:
    """Put the catalogue into the store."""
    for id, english, vietnamese, parent, primary, abroad in CATEGORIES:
        state.put("categories", str(id), _category(id, english, vietnamese, parent, primary, abroad))
    for category in PRIMARY:
        for raw in ATTRIBUTES:
            attribute = _attribute(category, *raw)
            state.put("attributes", f"{category}/{attribute['id']}", attribute)
        state.put("labels", str(category), [{"id": id, "label": label} for id, label in enumerate(LABELS, 1)])
    codes = {id: code for id, code, *_ in ATTRIBUTES}
    for id, values in VALUES.items():
        state.put("values", str(id), [_value(id, codes[id], *one) for one in enumerate(values)])
    for category, documents in DOCUMENTS.items():
        needed = [{"document_id": id, "name": name, "type": "category"} for id, name in documents]
        state.put("documents", str(category), needed)
    for id, name, names in BRANDS:
        documents_ = [{"document_id": 100 + id, "name": document, "type": "brand"} for document in names]
        state.put("brands", str(id), {"id": id, "name": name, "documents": documents_})
    for code, name in TIKI_WAREHOUSES:
        state.put("tiki-warehouses", code, {"name": name, "code": code})


def _category(
    id: int, english: str, vietnamese: str, parent: int | None, primary: bool, abroad: bool
) -> Json:
    return {
        "id": id,
        "name": vietnamese,
        "description": vietnamese,
        "parent_id": parent,
        "is_primary": primary,
        "is_product_listing_enabled": primary,
        "no_license_seller_enabled": id not in DOCUMENTS,
        "names": {"en": english, "vi": vietnamese},
        "is_cross_border": abroad,
    }


def _attribute(
    category: int, id: int, code: str, name: str, english: str, data: str, input: str, required: bool
) -> Json:
    free = code == "origin" and category == 1685
    return {
        "id": FREE_ORIGIN if free else id,
        "code": code,
        "display_name": name,
        "display_name_en": english,
        "description": None,
        "description_en": None,
        "data_type": data,
        "input_type": "text" if free else input,
        "default_value": None,
        "is_required": required,
        "category_id": category,
    }


def _value(attribute: int, code: str, position: int, value: str) -> Json:
    return {"id": attribute * 100 + position, "attribute_code": code, "position": position, "value": value}
