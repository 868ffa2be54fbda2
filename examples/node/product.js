/** Returns an article of the shop as a product of Tiki. */
export function product(article) {
  const [image, ...images] = article.pictures;
  return {
    category_id: 1846,
    name: article.title,
    description: article.text,
    image,
    images,
    attributes: { ram: article.ram, brand: article.brand },
    option_attributes: [],
    variants: [
      {
        sku: article.code,
        price: article.price,
        quantity: article.stock,
        inventory_type: "backorder",
        supplier: 239091,
      },
    ],
  };
}
