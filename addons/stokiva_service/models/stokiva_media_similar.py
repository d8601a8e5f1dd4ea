from odoo import models
from odoo.tools import SQL

from ..media import similarity


class Media(models.Model):
    """Photos that show the same picture, found by index however many there are."""
    _inherit = 'stokiva.media'

    def _find_similar(self):
        """Note for each the oldest one of another order of the company with the same picture or bytes."""
        found = {new: (old, distance) for new, old, distance in self._get_similar()}
        for item in self.sudo():  # sudo: a technician does not see the other order
            old, distance = found.get(item.id, (False, 0))
            if (item.similar_id.id, item.similar_distance) != (old, distance):
                item.write({'similar_id': old, 'similar_distance': distance})

    def _get_similar(self):
        """Return for each that has one the oldest one of another order with the same picture or bytes.

        A window and a hash are compared where one of the bands is the same in both; see ``media.similarity``.

        :return: list of (id, id of the older one, bits that differ)
        """
        self.flush_recordset(['sha256', 'fingerprint', 'perceptual_hash', 'work_order_id', 'company_id'])
        self.env.cr.execute("SET LOCAL jit = off")  # compiling the query takes longer than running it
        return self.env.execute_query(SQL(
            """
              WITH new AS MATERIALIZED (
                   SELECT id, company_id, work_order_id, sha256, fingerprint FROM stokiva_media WHERE id = ANY(%(ids)s)),
                   looks AS MATERIALIZED (
                   SELECT DISTINCT id, company_id, work_order_id, look
                     FROM new, unnest(string_to_array(fingerprint, ' ')) look),
                   near AS MATERIALIZED (
                   SELECT DISTINCT look.id, old.id AS old_id, old.perceptual_hash
                     FROM (%(near)s) AS pair (id, old_id, look)
                     JOIN looks look ON look.id = pair.id
                     JOIN stokiva_media old ON old.id = pair.old_id
                    WHERE bit_count(('x' || old.perceptual_hash)::bit(256) # ('x' || pair.look)::bit(256)) <= %(most_near)s),
                   alike AS (
                   SELECT near.id, near.old_id, MIN(bit_count(
                              ('x' || near.perceptual_hash)::bit(256) # ('x' || look.look)::bit(256))) AS distance
                     FROM near JOIN looks look ON look.id = near.id
                 GROUP BY near.id, near.old_id
                UNION ALL
                   SELECT new.id, old.id, 0
                     FROM new JOIN stokiva_media old ON old.sha256 = new.sha256 AND old.company_id = new.company_id
                      AND old.work_order_id <> new.work_order_id AND old.id < new.id)
            SELECT DISTINCT ON (id) id, old_id, distance::int
              FROM alike WHERE distance <= %(most)s ORDER BY id, old_id, distance""",
            ids=list(self.ids), most=similarity.MAX_DISTANCE, most_near=similarity.MAX_NEAR,
            near=SQL(" UNION ALL ").join(self._get_band_query(number) for number in range(similarity.BANDS))))

    def _get_band_query(self, number):
        """Return the query of the older photos whose hash agrees with a window in one band."""
        start = 4 * number + 1
        # The expression of the index, letter by letter.
        band = SQL(f"substr(old.perceptual_hash, {start}, 4)")  # pylint: disable=sql-injection
        return SQL(
            """SELECT look.id, old.id, look.look
                 FROM looks look
                 JOIN stokiva_media old ON old.company_id = look.company_id AND %(band)s = substr(look.look, %(start)s, 4)
                  AND old.perceptual_hash <> '' AND old.id < look.id AND old.work_order_id <> look.work_order_id""",
            band=band, start=start)
