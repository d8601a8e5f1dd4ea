"""What happened to whom in the demo company: read by ``player``. No ORM.

A story is played step by step. A step is an event of the workflow table or one of ``work`` (photos, labour,
parts), ``refuse`` (the warranty), ``agree`` and ``decline`` (the answer to a quote), ``pay`` (on site), with an argument after a colon; for
``plan`` it says in how many days the visit is to be. Names without prefix are the ends of demo XML ids.
"""
from dataclasses import dataclass

OPEN = ('open', 'assign', 'accept')
TRIP = ('plan', 'depart', 'start')
JOB = (*OPEN, *TRIP, 'work', 'submit')
QUOTED = (*OPEN, *TRIP, 'quote', 'agree', 'work', 'submit')


@dataclass(frozen=True)
class Story:
    """One order, or several that belong together.

    :param str devices: registered devices, joined by ``+``; for a sale the products
    :param str service: service type; for a sale the product says it
    :param tuple steps: what happens, in this order
    :param int days: the last trip (without one: the last step) was so many days ago; 0 is today
    :param int hour: at which hour there
    :param int minutes: for today: the last step was so many minutes ago
    :param str symptom: as reported
    :param str fix: ends of cause, resolution and workmanship
    :param str part: what was built in
    :param str words: in the customer's words, when he calls
    :param str technician: who goes; otherwise somebody of the provider
    :param str buyer: the customer of a sale
    """
    devices: str
    service: str
    steps: tuple
    days: int = 0
    hour: int = 10
    minutes: int = 0
    symptom: str = ''
    fix: str = ''
    part: str = ''
    words: str = ''
    technician: str = ''
    buyer: str = ''


# What was called for: the devices are known.
CALLS = (
    Story('ayse_bm450', 'repair', (*JOB, 'approve:5'), 26, 10, symptom='dishwasher_drain', fix='dishwasher_pump',
          part='pump', words="Program bitince içinde su kalıyor."),
    Story('mehmet_bd560', 'repair', (*JOB, 'approve:4'), 24, 13, symptom='fridge_warm', fix='fridge_fan', part='fan',
          words="Alt bölme soğutmuyor, üst bölme normal."),
    Story('ayse_cm1014', 'repair', (*JOB, 'approve:5:call'), 21, 11, symptom='washer_spin', fix='washer_brush',
          part='brush', words="Çamaşırlar ıslak çıkıyor."),
    Story('huseyin_bm600', 'maintenance', (*QUOTED, 'approve:5'), 20, 9, fix='dishwasher_clean'),
    Story('elif_km900', 'repair', (*JOB, 'approve:3:sms:Geç gelindi ama iş düzgün yapıldı.'), 19, 14,
          symptom='dryer_stop', fix='dryer_belt', part='belt', words="Tambur dönmüyor."),
    Story('orhan_bd560', 'repair', (*OPEN, 'plan', 'depart', 'suspend:absent', *TRIP, 'work', 'submit', 'approve:4'), 17, 10,
          symptom='fridge_ice', fix='fridge_gasket', part='gasket', words="Kapı iyi kapanmıyor, buz yapıyor."),
    Story('derya_bm600', 'paid_repair', (*QUOTED, 'approve:4', 'pay:cash:B-318'), 16, 11, symptom='dishwasher_heat',
          fix='dishwasher_heater', part='heater', words="Bulaşıklar soğuk ve yağlı çıkıyor."),
    Story('gamze_cm1014', 'repair', (*JOB, 'approve:5'), 15, 15, symptom='washer_door', fix='washer_lock', part='lock',
          technician='can', words="Kapak kilitli kaldı."),
    Story('ali_kb24', 'maintenance', (*QUOTED, 'approve:5:portal:Çok temiz çalışıldı.'), 14, 10, fix='boiler_service',
          technician='murat'),
    Story('fatma_bd560', 'repair', (*JOB, 'dispute:Hâlâ soğutmuyor.', 'rework', 'work', 'submit', 'approve:4'), 13, 9,
          symptom='fridge_warm', fix='fridge_thermo', part='thermo', technician='can', words="Sütler bozuluyor."),
    Story('cem_kl18', 'repair', (*JOB, 'approve:5'), 12, 14, symptom='ac_drip', fix='ac_drain',
          words="İç ünite halıya su damlatıyor."),
    Story('sibel_fr72', 'repair',
          (*OPEN, *TRIP, 'refuse:liquid', 'quote', 'agree', 'work', 'submit', 'approve:4', 'pay:cash:A-1042'), 11, 13,
          symptom='oven_heat', fix='oven_heater', part='ovenheater', technician='deniz', words="Altı pişirmiyor."),
    Story('hasan_bm600', 'paid_repair', (*QUOTED, 'approve:5'), 10, 10, symptom='dishwasher_drain',
          fix='dishwasher_pump', part='pump', words="Su boşaltma sesi geliyor ama su gitmiyor."),
    Story('merve_bd560', 'repair', (*JOB, 'approve:5'), 9, 15, symptom='fridge_warm', fix='fridge_fan', part='fan'),
    Story('yusuf_kl12', 'repair', (*JOB, 'approve:4'), 8, 11, symptom='ac_cool', fix='ac_gas', part='gas',
          words="Saatlerce çalışıyor, oda serinlemiyor."),
    Story('cem_bm600', 'repair', (*OPEN, *TRIP, 'suspend:part_missing', *TRIP, 'work', 'submit', 'approve:5'), 5, 9,
          symptom='dishwasher_leak', fix='dishwasher_gasket', part='gasket', words="Kapağın altından su sızıyor."),
    Story('otel_bm600+otel_bd560', 'maintenance',
          (*QUOTED, 'dispute:İkinci cihazın filtresi temizlenmedi.', 'approve:5', 'resolve', 'approve:4'), 4, 10),
    Story('huseyin_kb24', 'paid_repair', (*QUOTED, 'approve:2:link:Fiyat beklediğimden yüksek çıktı.'), 3, 13,
          symptom='boiler_hot', fix='boiler_ntc', part='thermo', words="Musluktan sıcak su gelmiyor."),
    Story('sibel_cm1014', 'repair', (*OPEN, 'plan', 'take_in', 'start', 'work', 'submit', 'approve:5', 'hand_back'), 13, 11,
          symptom='washer_spin', fix='washer_brush', part='brush', technician='deniz', words="Elden getirdi, sıkma yapmıyor."),
    Story('elif_km900', 'repair', ('open', 'assign', 'cancel:Cihaz kendiliğinden düzeldi'), 6, 12, symptom='dryer_wet'),
    Story('zeynep_cm1014', 'repair', (*OPEN, 'plan', 'cancel:Müşteri vazgeçti'), 4, 16, symptom='washer_walk'),
    Story('gamze_km900', 'paid_repair', (*OPEN, *TRIP, 'quote', 'decline'), 9, 11, symptom='dryer_wet', fix='dryer_clean',
          technician='can', words="İki programda bile kurumuyor."),
    Story('ahmet_fr72', 'repair', (*OPEN, *TRIP, 'return:Ürün değişimine karar verildi'), 7, 14, symptom='oven_door'),
    Story('nazli_bd560', 'repair', ('open', 'assign'), 3, 9, symptom='fridge_light', words="İç lambası yanmıyor."),
    Story('derya_cm1014', 'repair', (*OPEN, *TRIP, 'work', 'submit'), minutes=120, symptom='washer_drain',
          fix='washer_pump', part='pump', words="Su boşaltmıyor, kapak açılmıyor."),
    Story('elif_kl12', 'repair', (*OPEN, *TRIP, 'work', 'submit'), minutes=45, symptom='ac_smell', fix='ac_service'),
    Story('ahmet_bd560', 'repair', (*JOB, 'dispute:Ses azalmadı, gece uyuyamıyoruz.'), minutes=180,
          symptom='white_noise', fix='fridge_fan', part='fan', words="Geceleri çok ses yapıyor."),
    Story('ayse_cm1014', 'repair', ('open', 'assign:kadikoy', 'accept', *TRIP, 'work', 'submit'), minutes=30,
          symptom='washer_spin', fix='washer_brush', part='brush', technician='emre',
          words="Sıkmaya geçince duruyor."),
    Story('zeynep_kl12', 'maintenance', ('open', 'assign:kadikoy', 'accept', *TRIP, 'quote', 'agree'), minutes=20,
          fix='ac_service', technician='emre'),
    Story('ali_bm600', 'repair', (*OPEN, *TRIP, 'take_in', 'suspend:workshop', 'move:workshop', 'start'), minutes=200,
          symptom='dishwasher_leak', technician='murat', words="Altından çok su kaçırıyor."),
    Story('gamze_km900', 'paid_repair', (*OPEN, *TRIP, 'quote'), minutes=35, symptom='dryer_stop', fix='dryer_belt',
          technician='can'),
    Story('orhan_oc60', 'repair', (*JOB, 'dispute:Büyük göz hâlâ sönüyor.', 'rework'), minutes=60, symptom='hob_flame',
          fix='hob_thermo', part='couple', words="Büyük gözün alevi sönüyor."),
    Story('mehmet_fr72', 'repair', ('open', 'assign:kadikoy', 'accept', 'plan', 'depart'), minutes=15, symptom='oven_fan',
          technician='onur', words="Fanı dönmüyor, kek pişmiyor."),
    Story('fatma_cm1014', 'paid_repair', (*OPEN, 'plan', 'depart'), minutes=10, symptom='washer_walk', technician='can',
          words="Sıkarken yerinden oynuyor."),
    Story('sibel_cm1014', 'repair', (*OPEN, 'plan', 'depart'), minutes=20, symptom='white_leak', technician='deniz'),
    Story('merve_bd560', 'repair', (*OPEN, 'plan', 'depart', 'suspend:absent', 'plan:1'), minutes=90, symptom='fridge_ice'),
    Story('elif_kh10', 'paid_repair', (*OPEN, 'plan', 'take_in'), 9, 11, symptom='coffee_hot',
          words="Tezgâha getirildi: kahve ılık akıyor."),
    Story('huseyin_kb24', 'repair', (*OPEN, 'plan', 'depart', 'suspend:wrong_address'), minutes=130, symptom='boiler_hot'),
    Story('hasan_kl12', 'repair', (*OPEN, *TRIP, 'suspend:part_missing', 'pause:Parça bekleniyor'), minutes=240,
          symptom='climate_power', words="Kumandaya tepki vermiyor."),
    Story('yusuf_kl18', 'maintenance', (*OPEN, 'plan:2'), minutes=300, fix='ac_service'),
    Story('ayse_bm450', 'repair', OPEN, minutes=50, symptom='dishwasher_dirty', words="Bardaklar puslu çıkıyor."),
    Story('otel_kl18', 'maintenance', (*OPEN, 'plan:3'), minutes=400, technician='ufuk'),
    Story('mehmet_bd560', 'repair', ('open', 'assign', 'reject:busy'), symptom='fridge_warm',
          words="Geçen ay onarılmıştı, yine soğutmuyor."),
    Story('zeynep_kl12', 'repair', ('open', 'assign', 'expire'), symptom='ac_drip'),
    Story('huseyin_bm600', 'repair', ('open', 'assign', 'reject:far'), symptom='dishwasher_dirty'),
    Story('derya_bm600', 'paid_repair', ('open', 'assign'), symptom='white_noise', words="Yıkarken takırdıyor."),
    Story('orhan_bd560', 'repair', ('open', 'assign', 'reassign:kadikoy'), symptom='white_power'),
)

# Sold some days ago: the orders are older than today, hence played like calls.
SOLD = (
    Story('fr72+oc60', '', (*JOB, 'approve:5'), 7, 11, buyer='zeynep'),
    Story('kl12', '', (*JOB, 'approve:5'), 6, 9, buyer='gamze', technician='can'),
    Story('bd560', '', ('open', 'assign:kadikoy', 'accept', 'plan:1'), minutes=700, buyer='ayse', technician='emre'),
    Story('km900', '', (*OPEN, *TRIP, 'return:Müşteri cayma hakkını kullandı'), 2, 10, buyer='sibel'),
)

# Sold just now: confirming the sale opens and offers the orders.
SALES = (
    Story('bm600+cm1014', '', (), buyer='buse'),
    Story('bd560', '', (), buyer='gamze'),
    Story('kl18', '', (), buyer='cem'),
    Story('fr72', '', ('sale_cancel',), buyer='sibel'),
    Story('cm1014', '', ('accept', 'plan:2'), buyer='ali', technician='can'),
)
