"""Distances on the globe."""
from math import asin, cos, radians, sin, sqrt

from odoo.tools import SQL

EARTH_DIAMETER_KM = 12742


def get_distance_sql(latitude_a, longitude_a, latitude_b, longitude_b):
    """Return the great-circle distance of two points by the haversine formula.

    :param SQL latitude_a: degrees, as the other three; of type float for speed
    :return: expression in kilometres, NULL where one of the latitudes is
    :rtype: SQL
    """
    return SQL(
        """CASE WHEN %(lat_a)s IS NOT NULL AND %(lat_b)s IS NOT NULL THEN %(diameter)s * asin(LEAST(1, sqrt(
               sin(radians(%(lat_b)s - %(lat_a)s) / 2) ^ 2
               + cos(radians(%(lat_a)s)) * cos(radians(%(lat_b)s)) * sin(radians(%(lon_b)s - %(lon_a)s) / 2) ^ 2))) END""",
        diameter=EARTH_DIAMETER_KM, lat_a=latitude_a, lon_a=longitude_a, lat_b=latitude_b, lon_b=longitude_b)


def get_box_sql(latitude, longitude, radius):
    """Return a box of degrees in which all lies that is no farther from a point than a radius, for an index.

    A degree of latitude has 111 km. One of longitude has less, least at the end towards the pole, where it is taken from
    (nobody lives beyond 80°). A box that reaches over the antimeridian goes all around.

    :param str latitude: SQL of degrees
    :param str longitude: SQL of degrees
    :param str radius: SQL of kilometres
    :return: SQL of type ``box``, longitude first
    :rtype: str
    """
    latitude, longitude, radius = (f'{column}::float' for column in (latitude, longitude, radius))
    height = f'{radius} / 110.5'
    width = f'{height} / cos(radians(LEAST(85, abs({latitude}) + {height})))'
    width = f'CASE WHEN abs({longitude}) + {width} > 180 THEN 360 ELSE {width} END'
    return f'box(point({longitude} - {width}, {latitude} - {height}), point({longitude} + {width}, {latitude} + {height}))'


def get_distance(point, other):
    """Return the great-circle distance of two points by the haversine formula.

    :param tuple point: latitude and longitude in degrees
    :param tuple other: as ``point``
    :return: kilometres
    :rtype: float
    """
    (latitude, longitude), (other_latitude, other_longitude) = (tuple(map(radians, pair)) for pair in (point, other))
    half = sin((other_latitude - latitude) / 2) ** 2 + (
        cos(latitude) * cos(other_latitude) * sin((other_longitude - longitude) / 2) ** 2)
    return EARTH_DIAMETER_KM * asin(min(1, sqrt(half)))
