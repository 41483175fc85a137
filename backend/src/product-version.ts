/** Version of the product, in OpenAPI documents, status answers and backups. */
export const productVersion = '0.1.0';
