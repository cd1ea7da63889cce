CREATE INDEX orders_by_date ON orders (sampled_on);
