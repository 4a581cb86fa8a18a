"""Short texts in sixteen languages and ten scripts, written for this project.

Per language three statements and a question that the first one answers. Words stand apart by
spaces, also where the script writes none, so that taggers have their words.
"""

from __future__ import annotations

from collections.abc import Mapping

UNSPACED = frozenset({"ja", "th", "zh"})
"""Languages whose text is the words joined without the spaces."""

TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    "ar": (
        "يغادر القطار إلى الساحل في السابعة صباحا .",
        "زرعت أختي ثلاث أشجار تفاح خلف البيت .",
        "لم يعرف أحد من ترك المصباح مضاء طوال الليل .",
        "متى يغادر القطار إلى الساحل ؟",
    ),
    "bn": (
        "উপকূলের ট্রেন সকাল সাতটায় ছাড়ে ।",
        "আমার বোন বাড়ির পিছনে তিনটি আপেল গাছ লাগিয়েছে ।",
        "কেউ জানত না কে সারা রাত বাতি জ্বালিয়ে রেখেছিল ।",
        "উপকূলের ট্রেন কখন ছাড়ে ?",
    ),
    "de": (
        "Der Zug an die Küste fährt um sieben Uhr morgens ab .",
        "Meine Schwester hat hinter dem Haus drei Apfelbäume gepflanzt .",
        "Niemand wusste , wer die Lampe die ganze Nacht brennen ließ .",
        "Wann fährt der Zug an die Küste ab ?",
    ),
    "el": (
        "Το τρένο για την ακτή φεύγει στις επτά το πρωί .",
        "Η αδερφή μου φύτεψε τρεις μηλιές πίσω από το σπίτι .",
        "Κανείς δεν ήξερε ποιος άφησε τη λάμπα αναμμένη όλη τη νύχτα .",
        "Πότε φεύγει το τρένο για την ακτή ;",
    ),
    "en": (
        "The train to the coast leaves at seven in the morning .",
        "My sister planted three apple trees behind the house .",
        "Nobody knew who had left the lamp burning all night .",
        "When does the train to the coast leave ?",
    ),
    "es": (
        "El tren a la costa sale a las siete de la mañana .",
        "Mi hermana plantó tres manzanos detrás de la casa .",
        "Nadie sabía quién había dejado la lámpara encendida toda la noche .",
        "¿ Cuándo sale el tren a la costa ?",
    ),
    "fi": (
        "Juna rannikolle lähtee kello seitsemän aamulla .",
        "Siskoni istutti kolme omenapuuta talon taakse .",
        "Kukaan ei tiennyt , kuka oli jättänyt lampun palamaan koko yöksi .",
        "Milloin juna rannikolle lähtee ?",
    ),
    "hi": (
        "तट की ट्रेन सुबह सात बजे निकलती है ।",
        "मेरी बहन ने घर के पीछे सेब के तीन पेड़ लगाए ।",
        "कोई नहीं जानता था कि रात भर दीया किसने जलता छोड़ा ।",
        "तट की ट्रेन कब निकलती है ?",
    ),
    "id": (
        "Kereta ke pantai berangkat pukul tujuh pagi .",
        "Kakak saya menanam tiga pohon apel di belakang rumah .",
        "Tidak ada yang tahu siapa yang membiarkan lampu menyala semalaman .",
        "Kapan kereta ke pantai berangkat ?",
    ),
    "ja": (
        "海岸 行き の 列車 は 朝 七 時 に 出 ます 。",
        "姉 は 家 の 裏 に りんご の 木 を 三 本 植え まし た 。",
        "誰 が 一晩中 明かり を つけ て いた か 誰 も 知り ませ ん でし た 。",
        "海岸 行き の 列車 は いつ 出 ます か ？",
    ),
    "ko": (
        "해안으로 가는 기차는 아침 일곱 시에 출발한다 .",
        "언니는 집 뒤에 사과나무 세 그루를 심었다 .",
        "누가 밤새 등불을 켜 두었는지 아무도 몰랐다 .",
        "해안으로 가는 기차는 언제 출발하는가 ?",
    ),
    "ru": (
        "Поезд к побережью отходит в семь утра .",
        "Моя сестра посадила за домом три яблони .",
        "Никто не знал , кто оставил лампу гореть всю ночь .",
        "Когда отходит поезд к побережью ?",
    ),
    "sw": (
        "Treni ya kwenda pwani huondoka saa moja asubuhi .",
        "Dada yangu alipanda miti mitatu ya matofaa nyuma ya nyumba .",
        "Hakuna aliyejua ni nani aliyeacha taa ikiwaka usiku kucha .",
        "Treni ya kwenda pwani huondoka saa ngapi ?",
    ),
    "th": (
        "รถไฟ ไป ชายฝั่ง ออก เวลา เจ็ด โมง เช้า",
        "พี่สาว ของ ฉัน ปลูก ต้น แอปเปิล สาม ต้น หลัง บ้าน",
        "ไม่ มี ใคร รู้ ว่า ใคร เปิด ตะเกียง ทิ้ง ไว้ ทั้ง คืน",
        "รถไฟ ไป ชายฝั่ง ออก เมื่อไร",
    ),
    "tr": (
        "Sahile giden tren sabah yedide kalkıyor .",
        "Ablam evin arkasına üç elma ağacı dikti .",
        "Lambayı bütün gece kimin açık bıraktığını kimse bilmiyordu .",
        "Sahile giden tren ne zaman kalkıyor ?",
    ),
    "zh": (
        "去 海边 的 火车 早上 七 点 出发 。",
        "我 姐姐 在 屋 后 种 了 三 棵 苹果树 。",
        "没有 人 知道 是 谁 让 灯 亮 了 一 整 夜 。",
        "去 海边 的 火车 几 点 出发 ？",
    ),
}
