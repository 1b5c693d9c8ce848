"""The Chinese of what the tools write into README.md, for README_zh.md (see tools/generate.py)."""

from __future__ import annotations

import re

# What is the same in both languages: code, numbers, names.
_SAME = re.compile(
    r"`[^`]*`|\d[\d.]*(?:e[+-]?\d+)?|paddle\.\w+|"
    r"\b(?:Layer|NaN|Paddle|S\d|inf|log-sigmoid|softplus|torch(?:\.compile)?)\b"
)


class Untranslated(LookupError):
    """README_zh.md cannot follow README.md: the message says what to add."""


def chinese(text: str) -> str:
    """A cell or a line of text in Chinese, whether bold or not; what has no English word stays."""
    words = text.strip().strip("*")
    if not re.search("[A-Za-z]", _SAME.sub("", words)):
        return text
    return text.replace(words, translation(words))


def translation(words: str) -> str:
    for pattern, form in _PATTERNS.items():
        found = re.fullmatch(pattern, words)
        if found:
            return found.expand(form)
    if words not in CHINESE:
        raise Untranslated(f"tools/chinese.py has no Chinese for {words!r}: add it")
    return CHINESE[words]


# fmt: off
# What depends on the machine or the version that was measured.
_PATTERNS = {
    r"Milliseconds, forward and backward, float32, one thread of (.+):":
        r"前向加反向的耗时（毫秒），float32，单线程（\1）：",
    r"raises (\w+)": r"抛出 \1",
    r"process ends \(signal (\d+)\)": r"进程终止（信号 \1）",
    r"process ends \(status (\d+)\)": r"进程终止（状态码 \1）",
    r"no answer in (\d+) s": r"\1 秒内没有应答",
}

CHINESE = {
    # heads and words of several tables
    "loss": "损失",
    "what it is": "说明",
    "function": "函数",
    "source": "出处",
    "document": "文档",
    "seconds": "秒",
    "ours": "本库",
    "right": "正确值",
    # benchmark
    "size": "规模",
    "fused": "融合",
    "floor": "下限",
    "composed": "组合",
    # catalogue: regression
    "Absolute error: the loss whose best constant prediction is the median.":
        "绝对误差：用常数预测时，最优值是中位数。",
    "Squared error: the loss whose best constant prediction is the mean.":
        "平方误差：用常数预测时，最优值是平均数。",
    "Signed error: positive where the prediction is too large. A diagnosis, not a loss to train with.":
        "带符号的误差：预测偏大时为正。用来诊断，不用来训练。",
    "Squared error near 0, absolute error beyond `delta`: smooth, and outliers pull gently.":
        "0 附近是平方误差，超过 `delta` 是绝对误差：平滑，离群点的拉力也有限。",
    "Absolute error with its corner rounded off within `beta` of 0.":
        "绝对误差，在 0 两侧 `beta` 以内把尖角磨圆。",
    "Logarithm of the hyperbolic cosine of the error: a Huber loss without a seam.":
        "误差的双曲余弦的对数：没有接缝的 Huber 损失。",
    "Tilted absolute error (pinball loss): the best prediction is a quantile of the label.":
        "倾斜的绝对误差（pinball loss）：最优预测是标签的分位数。",
    # catalogue: two classes
    "Cross entropy of two classes, from probabilities. Prefer the form that takes logits.":
        "二分类交叉熵，输入是概率。建议优先用接收 logit 的形式。",
    "Cross entropy of two classes, from logits: right for every logit, 0 and ±10 000 included.":
        "二分类交叉熵，输入是 logit：对任何 logit 都准确，包括 0 和 ±10 000。",
    "Cross entropy of two classes with a weight on the positive one, from logits.":
        "给正类加权的二分类交叉熵，输入是 logit。",
    "Cross entropy of two classes, weights β on the positive and 1 - β on the negative, from logits.":
        "二分类交叉熵，正类权重为 β，负类权重为 1 - β，输入是 logit。",
    "Hinge loss of the support vector machine: zero once a score is right by `margin`.":
        "支持向量机的 Hinge 损失：判对且分数达到 `margin` 之后为零。",
    "Square of the hinge loss: no corner at the margin, and far misses weigh more.":
        "Hinge 损失的平方：间隔处没有折角，错得远的样本权重更大。",
    "Hinge loss of several classes: the right score shall lead every other by `margin`.":
        "多分类 Hinge 损失：正确类别的分数要比其他每个类别都高出 `margin`。",
    "Exponential loss, the one that AdaBoost minimises: its price for a mistake grows exponentially.":
        "指数损失，AdaBoost 最小化的就是它：错误的代价按指数增长。",
    "Logistic loss: the cross entropy of two classes, written for labels -1 and 1.":
        "logistic 损失：把二分类交叉熵写成标签为 -1 和 1 的形式。",
    # catalogue: several classes and distributions
    "Cross entropy of several classes: right for every logit, and for rows that are right by far.":
        "多分类交叉熵：对任何 logit 都准确，对判对且遥遥领先的样本也准确。",
    "Soften labels: take a little off the right class and spread it, against overconfidence.":
        "软化标签：从正确类别拿出一点分给各类，防止过度自信。",
    "Entropy of the predicted distribution: how undecided the prediction is.":
        "预测分布的熵：预测有多不确定。",
    "Kullback-Leibler divergence: what it costs to take the prediction for the label.":
        "KL 散度（Kullback-Leibler 散度）：把预测当作标签要付出的代价。",
    "Jensen-Shannon divergence: the symmetric, bounded relative of the Kullback-Leibler divergence.":
        "JS 散度（Jensen-Shannon 散度）：与 KL 散度同类，但对称且有界。",
    "Noise-contrastive estimation: learn a distribution by telling its samples from noise.":
        "噪声对比估计：通过区分样本与噪声来学习一个分布。",
    "1 for a wrong decision, 0 for a right one: the error rate, for evaluation.":
        "判错为 1，判对为 0：即错误率，用于评价。",
    "Cross entropy with one more term: the first of its series, weighted anew.":
        "交叉熵再加一项：给其级数的第一项重新加权。",
    "Cross entropy with the first terms of its series weighted anew.":
        "给其级数的前几项重新加权的交叉熵。",
    "Focal loss of two classes with one more term: the first of its series, weighted anew.":
        "二分类 Focal Loss 再加一项：给其级数的第一项重新加权。",
    "Focal loss: cross entropy of two classes in which easy elements fade out.":
        "Focal Loss：让容易的元素淡出的二分类交叉熵。",
    "Focal loss of several classes that exclude each other: easy rows fade out.":
        "类别互斥的多分类 Focal Loss：容易的样本淡出。",
    "Gradient harmonizing of two classes: cross entropy in which crowded gradients share one vote.":
        "二分类的梯度协调（GHM）：交叉熵中，挤在一起的梯度合用一票。",
    "Gradient harmonizing of regression: a smooth L1 in which crowded gradients share one vote.":
        "回归的梯度协调（GHM）：smooth L1 中，挤在一起的梯度合用一票。",
    "Cross entropy of the hard pixels alone: online hard example mining.":
        "只算困难像素的交叉熵：在线难例挖掘。",
    "Choose the negatives with the highest loss, a fixed number for each positive of their image.":
        "选出损失最大的负样本，数目是同一图像中正样本数的固定倍数。",
    "Choose anchors, positives (of the same label) and negatives (of another) from a batch.":
        "从一批样本中选出锚点、正样本（标签相同）和负样本（标签不同）。",
    # catalogue: regions and boxes
    "Dice loss: the share of two regions that they do not share. For small objects in large images.":
        "Dice 损失：两个区域中不重合部分所占的比例。适合大图像中的小目标。",
    "IoU loss: how much of what two boxes cover they do not share.":
        "IoU 损失：两个框覆盖的面积中不重合部分所占的比例。",
    "Generalised IoU loss: boxes that do not overlap are drawn together too.":
        "广义 IoU 损失：不相交的框也能被拉近。",
    "Distance IoU loss: the centres are drawn together directly.":
        "距离 IoU 损失：直接拉近两个中心。",
    "Complete IoU loss: overlap, distance of the centres, and aspect ratio.":
        "完整 IoU 损失：重叠面积、中心距离和宽高比。",
    "Efficient IoU loss: overlap, distance of the centres, width and height.":
        "高效 IoU 损失：重叠面积、中心距离、宽和高。",
    "Focal efficient IoU loss: boxes that hardly overlap, the many, weigh less.":
        "Focal 高效 IoU 损失：几乎不重叠的框占多数，它们的权重被减轻。",
    "α-IoU: the IoU losses with every term to the power α.":
        "α-IoU：把各种 IoU 损失的每一项都取 α 次幂。",
    "Rectified IoU loss: the nearer a box, the stronger its pull, up to IoU = β, then ever weaker.":
        "修正 IoU 损失：框越接近目标，拉力越强，到 IoU = β 为止，之后越来越弱。",
    "IoU of every box with every other, or of boxes pair by pair; also in its extended forms.":
        "两组框两两之间的 IoU，或逐对的 IoU；也可以算 IoU 的各种扩展形式。",
    "Suppress boxes that repeat a better one, by distance IoU: which boxes to keep, best first.":
        "按距离 IoU 抑制与更好的框重复的框：返回应保留哪些框，好的在前。",
    "The loss of YOLO, version 1: squared errors of boxes, confidences and classes on a grid.":
        "YOLO 第 1 版的损失：网格上框、置信度和类别的平方误差。",
    "The general form of a detector's loss: classes everywhere, boxes where something is found.":
        "检测器损失的一般形式：处处计算类别，有目标处才计算框。",
    # catalogue: adversarial
    "Discriminator loss of the original GAN: the cross entropy of telling real from fake.":
        "原始 GAN 的判别器损失：分辨真假的交叉熵。",
    "Generator loss of the original GAN: the discriminator's loss on fakes, with the sign turned.":
        "原始 GAN 的生成器损失：判别器在假样本上的损失，取相反的符号。",
    'Generator loss with the "-log D trick": a strong gradient where the discriminator is sure.':
        "用“-log D 技巧”的生成器损失：判别器有把握时仍有很强的梯度。",
    "Critic loss of the Wasserstein GAN: minus the lead of the real samples' mean score.":
        "Wasserstein GAN 的判别器（critic）损失：真样本平均分数的领先幅度，取负号。",
    "Generator loss of the Wasserstein GAN: minus the mean score of its samples.":
        "Wasserstein GAN 的生成器损失：生成样本的平均分数，取负号。",
    "Gradient penalty of WGAN-GP: the critic's slope between real and fake samples shall be 1.":
        "WGAN-GP 的梯度惩罚：判别器在真假样本之间的斜率应当为 1。",
    "Discriminator loss of the least-squares GAN: the squared distances from two targets.":
        "最小二乘 GAN 的判别器损失：到两个目标值的距离的平方。",
    "Generator loss of the least-squares GAN: the squared distance from what the real ones get.":
        "最小二乘 GAN 的生成器损失：到真样本应得的目标值的距离的平方。",
    "Critic loss of the loss-sensitive GAN: fakes shall cost more than real samples, by their distance.":
        "损失敏感（loss-sensitive）GAN 的判别器损失：假样本的代价应高于真样本，至少高出两者的距离。",
    "Generator loss of the loss-sensitive GAN: the mean of what the critic charges for its samples.":
        "损失敏感（loss-sensitive）GAN 的生成器损失：判别器给生成样本定出的代价的平均值。",
    # catalogue: images
    "Perceptual loss: how far two images are apart in the features of a network, not in their pixels.":
        "感知损失：两张图像在网络特征上相差多远，而不是在像素上。",
    "Style loss: whether the features of a network occur together as often, wherever in the image.":
        "风格损失：网络特征同时出现的频率是否相同，不论出现在图像何处。",
    # catalogue: embeddings
    "Cross entropy of embeddings and class centres: a linear classifier and its loss in one.":
        "嵌入与类中心的交叉熵：线性分类器与损失合为一体。",
    "L-Softmax: the angle to the right class centre counts m times. Lengths stay as they are.":
        "L-Softmax：与正确类中心的夹角乘以 m。长度保持不变。",
    "A-Softmax (SphereFace): the angle to the right class centre counts m times; centres of length 1.":
        "A-Softmax（SphereFace）：与正确类中心的夹角乘以 m；类中心的长度为 1。",
    "CosFace (AM-Softmax): the right class must win by a margin of the cosine.":
        "CosFace（AM-Softmax）：正确类别在余弦上必须领先一个间隔。",
    "ArcFace (AAM-Softmax): the right class must win by a margin of the angle.":
        "ArcFace（AAM-Softmax）：正确类别在角度上必须领先一个间隔。",
    "InfoNCE: every query must find its positive among negatives, those of the batch or given ones.":
        "InfoNCE：每个查询都要在负样本中找出自己的正样本，负样本来自同一批，或另外给出。",
    "Every anchor must find its positive among all positives of the batch and all hard negatives.":
        "每个锚点都要在这一批的全部正样本和全部难负样本中找出自己的正样本。",
    "GE2E: every utterance must be nearer to the centroid of its speaker than to those of others.":
        "GE2E：每句话离自己说话人的质心必须比离其他说话人的质心更近。",
    "Triplet loss: an anchor shall be nearer to its positive than to its negative, by `margin`.":
        "三元组损失：锚点离正样本应当比离负样本近，至少近 `margin`。",
    "Triplet loss of a batch with labels, from which it chooses the triplets itself.":
        "带标签的一批样本的三元组损失，三元组由它自己从中挑选。",
    "Contrastive loss of pairs: similar ones are drawn together, others pushed `margin` apart.":
        "样本对的对比损失：相似的拉近，不相似的推开，直到相距 `margin`。",
    "Ranking loss of two scores: the one that should be higher shall lead by `margin`.":
        "两个分数的排序损失：应当更高的那个要领先 `margin`。",
    # digits
    "highest score": "最高分数",
    "nearest image": "最近的图像",
    "nearest mean": "最近的类均值",
    "embeddings without training": "未经训练的嵌入",
    # defects
    "what": "问题",
    "call": "调用",
    "BCE, gradient at logit 0": "BCE，logit 为 0 处的梯度",
    "focal loss, gradient at logit 0": "Focal Loss，logit 为 0 处的梯度",
    "BCE with pos_weight, gradient": "带 pos_weight 的 BCE，梯度",
    "BCE with pos_weight, negative logit": "带 pos_weight 的 BCE，logit 为负",
    "BCE, confident and right": "BCE，有把握且判对",
    "cross entropy, logits 100 apart": "交叉熵，logit 相差 100",
    "the same in float64": "同上，float64",
    "log-softmax, logits 100 apart": "对数 softmax，logit 相差 100",
    "cross entropy, confident and right": "交叉熵，有把握且判对",
    "cross entropy, an ignored label": "交叉熵，有一个被忽略的标签",
    "… with label smoothing": "……加标签平滑",
    "… with label smoothing, ignore_index=1": "……加标签平滑，ignore_index=1",
    "cross entropy, labels that sum to 2, gradient": "交叉熵，标签之和为 2，梯度",
    "mean of 2^24 losses of 0.1": "2^24 个大小为 0.1 的损失的平均",
    "mean of 2^26 times 0.1": "2^26 个 0.1 的平均",
    "focal loss of a vector": "向量的 Focal Loss",
    "focal loss, γ = 0.5, confident and right, gradient": "Focal Loss，γ = 0.5，有把握且判对，梯度",
    "focal loss, γ = 0, confident and right, gradient": "Focal Loss，γ = 0，有把握且判对，梯度",
    "soft margin loss, far off": "软间隔损失，错得很远",
    "soft margin loss, far off, gradient": "软间隔损失，错得很远，梯度",
    "soft margin loss, confident and right": "软间隔损失，有把握且判对",
    "multi-label soft margin loss, the same": "多标签软间隔损失，情形同上",
    "Gaussian NLL, gradient of the variance": "高斯负对数似然，对方差的梯度",
    "KL divergence, gradient of the target": "KL 散度，对标签的梯度",
    "BCE, gradient of the target": "BCE，对标签的梯度",
    "cross entropy, gradient of the target": "交叉熵，对标签的梯度",
    "cosine embedding, gradient at a zero vector": "余弦嵌入损失，零向量处的梯度",
    "cosine embedding, equal short vectors": "余弦嵌入损失，两个相等的短向量",
    "smooth L1 is Huber's loss": "smooth L1 实为 Huber 损失",
    "log loss of a perfect prediction": "完美预测的对数损失",
    "log loss in float64": "float64 的对数损失",
    "N-pair loss in float64": "float64 的 N-pair 损失",
    "margin cross entropy on a CPU": "CPU 上的间隔交叉熵",
    "triplet margin loss, gradient at distance 0": "三元组损失，距离为 0 处的梯度",
    "triplet margin loss, far out": "三元组损失，距离极远",
    "MSE in float16 on a CPU": "CPU 上 float16 的 MSE",
    "cross entropy in bfloat16 on a CPU": "CPU 上 bfloat16 的交叉熵",
    "empty batch": "空批次",
    "empty batch, backward": "空批次，反向传播",
    "CTC, a class that does not exist": "CTC，不存在的类别",
    "hierarchical sigmoid, the same": "层次 sigmoid，情形同上",
    "take_along_axis, the same": "take_along_axis，情形同上",
    "margin ranking loss of NaN": "间隔排序损失，输入为 NaN",
    "hinge embedding loss of NaN": "Hinge 嵌入损失，输入为 NaN",
    "hinge loss of NaN, from relu": "Hinge 损失，输入为 NaN，用 relu 写",
    "… from maximum": "……用 maximum 写",
    "MSE of [N, 1] and [N]": "[N, 1] 与 [N] 的 MSE",
    "dtype of a float32 loss with a float64 label":
        "预测为 float32、标签为 float64 时损失的数据类型",
    "an error": "报错",
    "no gradient": "没有梯度",
    "no gradient, 0": "没有梯度，0",
}
# fmt: on
